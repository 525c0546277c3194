package org.candor.policy.internal.cedar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CedarParserTest {

    @Test
    void policiesKeepTheirNamesAnnotationsAndText() {
        List<CedarPolicy> policies = CedarParser.parse("file", """
                // a comment
                permit (principal, action, resource);
                @id("second") @obligation("mask:email; purpose") @flag
                forbid (principal is User in Role::"r", action in [Action::"a"], resource == Tenant::"t")
                when { context.purpose == "x" } unless { true };
                """);
        assertEquals(
                List.of("file#0", "second"),
                policies.stream().map(CedarPolicy::id).toList());
        CedarPolicy second = policies.get(1);
        assertFalse(second.permits());
        assertEquals(Map.of("id", "second", "obligation", "mask:email; purpose", "flag", ""), second.annotations());
        assertTrue(second.source().startsWith("@id") && second.source().endsWith("true };"), second.source());
        assertEquals(2, second.conditions().size());
        assertEquals(
                Set.of(new EntityId("Role", "r"), new EntityId("Action", "a"), new EntityId("Tenant", "t")),
                second.entities());
        assertEquals(Set.of("x"), second.texts());
        assertEquals(List.of(), CedarParser.parse("file", " // nothing\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permit (principal, action, resource) | line 1, column 37 | ;",
                "permit (principal, resource, action); | line 1, column 20 | action",
                "allow (principal, action, resource); | line 1, column 1 | permit or forbid",
                "permit (principal == ?principal, action, resource); | column 22 | templates",
                "permit (principal, action, resource) when { x }; | column 45 | principal, action",
                "permit (principal, action, resource) when { 1 == 1 == 1 }; | column 52 | }",
                "permit (principal, action, resource) when { 9223372036854775808 == 1 }; | column 45 | 2^63",
                "permit (principal, action, resource) when { principal.if }; | column 55 | word of the language",
                "permit (principal, action, resource) when { !!!!!true }; | column 45 | at most 4",
                "permit (principal, action, resource) when { \"a }; | column 45 | closing quote",
                "permit (principal, action, resource) when { \"\\q\" == \"\" }; | column 45 | no escape",
                "permit (principal, action, resource) when { \"\\u{d800}\" == \"\" }; | column 45 | no character",
                "permit (principal, action, resource) when { {a: 1, a: 2} == 1 }; | column 52 | twice",
                "@id(\"a\") @id(\"b\") permit (principal, action, resource); | column 10 | twice",
                "permit (principal, action, resource) when { 1 = 1 }; | column 47 | U+003D",
                "permit (principal, action, resource) when { 1a == 1 }; | column 45 | neither",
            })
    void whatIsWrongIsNamedWithItsPlace(String text, String place, String what) {
        String message = assertThrows(CedarSyntaxException.class, () -> CedarParser.parse("p", text))
                .getMessage();
        assertTrue(message.contains(place) && message.contains(what), message);
    }

    @Test
    void depthAndLengthAreBounded() {
        String start = "permit (principal, action, resource) when { ";
        for (String hostile : List.of(
                "(".repeat(50_000),
                "[".repeat(50_000),
                "{a: ".repeat(50_000),
                "if ".repeat(50_000),
                "true" + " && true".repeat(50_000),
                "true" + " || true".repeat(50_000),
                "1" + " + 1".repeat(50_000),
                "context" + ".a".repeat(50_000),
                "\"" + "x".repeat(2 << 20))) {
            assertThrows(CedarSyntaxException.class, () -> CedarParser.parse("p", start + hostile));
        }
    }
}
