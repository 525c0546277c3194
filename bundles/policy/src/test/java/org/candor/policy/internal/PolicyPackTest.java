package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PolicyRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyPackTest {

    private static final String START = "permit (principal, action, resource);";

    private static Decision decide(String cedar, String operation, String purpose, String... roles) {
        PolicyPack pack =
                new TestPack("p", "1", cedar).message("closed", "Closed").pack();
        return PackCheck.trusted(pack)
                .decide(new PolicyRequest(new Caller("ann", "default", Set.of(roles)), operation, purpose, Map.of()));
    }

    private static Decision permitted(String obligations) {
        PolicyPack pack = new TestPack("p", "1", "@obligation(\"" + obligations + "\") " + START).pack();
        return PackCheck.trusted(pack)
                .decide(new PolicyRequest(new Caller("ann", "default", Set.of()), "answer", "x", Map.of()));
    }

    @Test
    void obligationsAreReadFromAnnotations() {
        Decision decision = permitted(
                "mask; mask:phone,iban; route:encoder-zh; purpose; budget:requests=100/PT1H; budget:joules=2.5/P1D; second-person");
        assertEquals(
                List.of(
                        "budget:joules=2.5/PT24H",
                        "budget:requests=100/PT1H",
                        "mask:email",
                        "mask:iban,phone",
                        "purpose",
                        "route:encoder-zh",
                        "second-person"),
                ObligationText.texts(decision.obligations()));
        assertEquals(
                new Obligation.MaskPersonalData(Set.of(PersonalData.Kind.EMAIL), Set.of("help@example.com")),
                decision.obligations().getFirst());
    }

    @Test
    void obligationsOfEveryPermitThatHoldsAddUp() {
        Decision decision = decide("""
                @id("a") @obligation("mask:email") permit (principal, action, resource);
                @id("b") @obligation("purpose") permit (principal in Role::"viewer", action, resource);
                @id("c") @obligation("second-person") permit (principal in Role::"admin", action, resource);
                @id("d") @reason("closed") forbid (principal, action, resource) when { context.purpose == "war" };
                """, "answer", "peace", "viewer");
        assertEquals(List.of("mask:email", "purpose"), ObligationText.texts(decision.obligations()));
        assertEquals(List.of("a", "b"), decision.determining());
    }

    @ParameterizedTest
    @CsvSource({
        "answer, research, viewer, permitted, P",
        "answer, research, auditor, role-missing, 'R viewer auditor'",
        "answer, sport, viewer, purpose-not-permitted, 'U sport research'",
        "answer, sport, auditor, role-missing, 'R viewer auditor'",
        "embed, research, viewer, no-rule, 'N embed'",
        "search, research, admin, closed, Closed",
        "delete, research, admin, policy-failed, X",
    })
    void theCodeSaysWhatWouldHaveToBeDifferent(
            String operation, String purpose, String role, String code, String message) {
        String cedar = """
                permit (principal in Role::"viewer", action == Action::"answer", resource) when { context.purpose == "research" };
                permit (principal in Role::"admin", action in [Action::"search", Action::"delete"], resource);
                @reason("closed") forbid (principal, action == Action::"search", resource);
                forbid (principal, action == Action::"delete", resource) when { context.nothing };
                """;
        PolicyPack pack =
                new TestPack("p", "1", cedar).message("closed", "Closed").pack();
        Decision decision = PackCheck.trusted(pack)
                .decide(new PolicyRequest(new Caller("ann", "default", Set.of(role)), operation, purpose, Map.of()));
        assertEquals(code, decision.code());
        assertEquals(message, decision.message());
        assertEquals(pack.id(), decision.policy());
    }

    @Test
    void twoModelsForOneRequestAreADenial() {
        assertEquals("obligations-conflict", permitted("route:a; route:b").code());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rules.cedar | @obligation(\"mask:face\") permit (principal, action, resource); | mask:face | second-person",
                "rules.cedar | @obligation(\"budget:requests=0/PT1H\") permit (principal, action, resource); | budget:requests=0 | PERIOD",
                "rules.cedar | @obligation(\"budget:requests=5/PT1S\") permit (principal, action, resource); | PT1S | a minute to 31 days",
                "rules.cedar | @obligation(\"\") permit (principal, action, resource); | @obligation | allowed are mask",
                "rules.cedar | @obligation(\"purpose\") forbid (principal, action, resource); | @obligation | belongs to permit",
                "rules.cedar | @reason(\"x\") permit (principal, action, resource); | @reason | belongs to forbid",
                "rules.cedar | @reason(\"no-rule\") forbid (principal, action, resource); | no-rule | none of",
                "rules.cedar | @reason(\"unsaid\") forbid (principal, action, resource); | messages-en.json: unsaid | a string",
                "rules.cedar | @obligaton(\"mask\") permit (principal, action, resource); | @obligaton | allowed are @description",
                "rules.cedar | permit (principal); | rules.cedar, line 1, column 18 | ,",
                "rules.cedar | // nothing | no policy | .cedar",
                "entities.json | {} | entities.json | array",
                "entities.json | [{\"uid\": \"x\"}] | [0].uid | type",
                "entities.json | [{\"uid\": {\"type\": \"T\", \"id\": \"a\"}, \"attrs\": {\"n\": 1.5}}] | attrs.n | whole number",
                "detectors.json | {\"kinds\": [\"face\"]} | kinds | email, phone",
                "detectors.json | {\"kinds\": [\"email\"], \"drop\": []} | drop | allowed are kinds",
                "messages-zh.json | {\"permitted\": \"P\"} | messages-zh.json | a string",
                "messages-en.json | {\"permitted\": 1} | messages-en.json | a string",
                "tests.json | [] | tests.json | no test",
                "tests.json | [{\"name\": \"x\", \"operation\": \"y\", \"expect\": {\"decision\": \"maybe\"}}] | decision | permit",
                "tests.json | [{\"name\": \"x\", \"name\": \"y\"}] | tests.json | Duplicate",
                "extra.txt | x | extra.txt | allowed are",
            })
    void whatIsWrongIsNamedWithFileValueAndWhatIsAllowed(String file, String content, String named, String allowed) {
        String message = assertThrows(
                        InvalidPackException.class,
                        () -> new TestPack("p", "1", START).with(file, content).pack())
                .getMessage();
        assertTrue(message.contains(named) && message.contains(allowed), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../rules.cedar", "/etc/rules.cedar", "sub/rules.cedar", "..", ".rules.cedar", "a\\b.cedar", ""})
    void aFileNameThatIsAPathIsRefused(String name) {
        TestPack pack = new TestPack("p", "1", START).with(name.replace("\\", "\\\\"), START);
        String message = assertThrows(InvalidPackException.class, pack::pack).getMessage();
        assertTrue(message.contains("a pack's file is named by letters, digits, dot, dash and underscore"), message);
    }

    @Test
    void aPackThatIsTooLargeIsRefused() {
        TestPack pack = new TestPack("p", "1", START).with("rules.cedar", "//" + "x".repeat(PolicyPack.MOST_BYTES));
        String message = assertThrows(InvalidPackException.class, pack::pack).getMessage();
        assertTrue(message.contains("rules.cedar makes the pack larger than"), message);
    }

    @Test
    void aChangedOrMissingFileIsRefused() {
        TestPack whole = new TestPack("p", "1", START);
        for (String changed : whole.files.keySet()) {
            PackFiles damaged = new PackFiles() {
                @Override
                public String location() {
                    return "damaged";
                }

                @Override
                public Set<String> names() {
                    return whole.names();
                }

                @Override
                public Optional<byte[]> read(String file) {
                    return whole.read(file).map(content -> {
                        if (file.equals(changed)) {
                            content[content.length / 2] ^= 1;
                        }
                        return content;
                    });
                }
            };
            String message = assertThrows(InvalidPackException.class, () -> PolicyPack.read(damaged))
                    .getMessage();
            assertTrue(message.contains(changed) && message.contains("SHA-256"), message);
            PackFiles cut = new PackFiles() {
                @Override
                public String location() {
                    return "cut";
                }

                @Override
                public Set<String> names() {
                    return whole.names();
                }

                @Override
                public Optional<byte[]> read(String file) throws IOException {
                    return file.equals(changed) ? Optional.empty() : whole.read(file);
                }
            };
            assertTrue(assertThrows(InvalidPackException.class, () -> PolicyPack.read(cut))
                    .getMessage()
                    .contains(changed));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "default, Default, name:version",
        "default, default, name:version",
        "decisions, 99, 100 to 1000000",
        "decisions, many, 100 to 1000000",
        "operation.answer.roles, king, approver",
        "anything, x, default",
    })
    void nonsenseInTheConfigurationIsNamed(String key, String value, String allowed) {
        String message = assertThrows(
                        InvalidPolicyException.class, () -> PolicySettings.read(Map.of(key, value, "service.pid", "p")))
                .getMessage();
        assertTrue(
                message.contains(key) && message.contains("\"" + value + "\"") && message.contains(allowed), message);
    }

    @Test
    void aConfigurationWithoutRulesChoosesThePack() {
        PolicySettings settings = PolicySettings.read(Map.of("default", " strict:1.0.0 ", "decisions", "500"));
        assertEquals("strict:1.0.0", settings.preferred());
        assertEquals(500, settings.decisions());
        assertEquals(null, settings.rules());
        assertEquals("default:1.2.0", PolicySettings.read(Map.of()).preferred());
    }
}
