package org.candor.policy.internal.cedar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cedar's own core is the oracle: same decision, same determining policies, same failing ones. */
class CompiledPoliciesTest {

    private static final CedarEntity GROUP =
            new CedarEntity(new EntityId("Org::Team", "red"), Map.of(), Set.of(new EntityId("Org::Team", "all")));
    private static final Situation SITUATION = new Situation(
            new CedarEntity(
                    new EntityId("User", "ann"),
                    Map.of("age", 30L, "name", "Ann*", "tags", Set.of("a", 1L), "boss", new EntityId("User", "bob")),
                    Set.of(GROUP.id())),
            new CedarEntity(new EntityId("Action", "read"), Map.of(), Set.of(new EntityId("Action", "all"))),
            new CedarEntity(new EntityId("Document", "d"), Map.of("size", Long.MAX_VALUE), Set.of()),
            Map.of("purpose", "research", "more", Map.of("deep", Map.of("ok", true))));

    @Property(tries = 150)
    void anyPoliciesMeanWhatTheyMeanToCedarsCore(@ForAll long seed) throws NotCoveredException {
        RandomCedar random = new RandomCedar(seed);
        String text = random.policies(1 + (int) Math.floorMod(seed, 6));
        List<CedarEntity> entities = random.entities();
        List<CedarPolicy> policies = CedarParser.parse("p", text);
        CompiledPolicies compiled = CompiledPolicies.compile(policies, entities);
        CedarCore core = CedarCore.of(policies, entities);
        for (int i = 0; i < 8; i++) {
            Situation situation = random.situation();
            assertEquals(
                    core.evaluate(situation),
                    compiled.evaluate(situation),
                    () -> "seed " + seed + "\n" + text + "\n" + situation + "\n" + entities);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "principal.age == 30 && principal.age < 31 && principal.age >= 30 && principal.age * 2 - 1 == 59",
                "principal in Org::Team::\"all\" && !(principal in Org::Team::\"blue\")",
                "principal is User in Org::Team::\"red\" && !(resource is User)",
                "principal in [Org::Team::\"blue\", User::\"ann\"]",
                "principal.name like \"Ann\\*\" && principal.name like \"A*\" && !(principal.name like \"a*\")",
                "principal.tags.contains(1) && principal.tags.containsAll([\"a\"]) && principal.tags.containsAny([2, 1])",
                "![].containsAny([1]) && [].isEmpty() && [1, 1, \"x\"] == [\"x\", 1]",
                "context.more has deep.ok && context.more.deep[\"ok\"] && !(context has \"nothing\")",
                "if context has purpose then context.purpose == \"research\" else false",
                "{a: 1, \"b c\": [true]} == {\"b c\": [true], a: 1} && 1 != \"1\" && true != 1",
                "true || principal.nothing",
                "!(false && principal.nothing)",
                "-(-5) == 5 && - 3 + 3 == 0 && -9223372036854775808 < 0",
                "principal.boss == User::\"bob\" && !(principal.boss has age) && principal.boss in User::\"bob\"",
                "\"\\u{6587}\\x41\\n\" == \"文A\\n\"",
                "action in Action::\"all\" && action == Action::\"read\"",
            })
    void whatHolds(String condition) throws NotCoveredException {
        assertEquals(new Verdict(true, Set.of("p#0"), Set.of()), both(condition), condition);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "principal.nothing == 1",
                "principal.boss.age == 1",
                "resource.size + 1 > 0",
                "-(0 - 9223372036854775807 - 1) > 0",
                "resource.size * 2 > 0",
                "principal.name < 3",
                "1 like \"*\"",
                "1 || true",
                "false || 1",
                "true && 1",
                "!1",
                "1",
                "if 1 then true else true",
                "principal in [1]",
                "principal in [User::\"ann\", 1]",
                "1 in principal",
                "1 is User",
                "1 has a",
                "context.more.deep.no",
                "[1].contains([1].nothing)",
                "1.contains(1)",
                "[1].containsAll(1)",
                "principal.age.isEmpty()",
            })
    void whatFailsIsNoPermit(String condition) throws NotCoveredException {
        assertEquals(new Verdict(false, Set.of(), Set.of("p#0")), both(condition), condition);
    }

    private static Verdict both(String condition) throws NotCoveredException {
        List<CedarPolicy> policies =
                CedarParser.parse("p", "permit (principal, action, resource) when { " + condition + " };");
        Verdict compiled = CompiledPolicies.compile(policies, List.of(GROUP)).evaluate(SITUATION);
        assertEquals(CedarCore.of(policies, List.of(GROUP)).evaluate(SITUATION), compiled, condition);
        return compiled;
    }

    @Test
    void aForbidOverridesEveryPermitAndOneThatFailsIsNone() throws NotCoveredException {
        List<CedarPolicy> policies = CedarParser.parse("p", """
                @id("yes") permit (principal, action, resource);
                @id("no") forbid (principal, action, resource) when { context.purpose == "research" };
                @id("broken") forbid (principal, action, resource) when { context.nothing };
                """);
        Verdict verdict = CompiledPolicies.compile(policies, List.of()).evaluate(SITUATION);
        assertEquals(new Verdict(false, Set.of("no"), Set.of("broken")), verdict);
        assertEquals(CedarCore.of(policies, List.of()).evaluate(SITUATION), verdict);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip(\"10.0.0.1\").isLoopback()",
                "decimal(\"1.0\").lessThan(decimal(\"2.0\"))",
                "principal.hasTag(\"x\")",
                "[1].contains(1, 2)",
            })
    void whatIsNotCoveredIsLeftToTheCore(String condition) {
        List<CedarPolicy> policies =
                CedarParser.parse("p", "permit (principal, action, resource) when { " + condition + " };");
        assertThrows(NotCoveredException.class, () -> CompiledPolicies.compile(policies, List.of()));
    }

    @Test
    void theCoreHoldsPoliciesAgainstTheirSchema() {
        String schema = """
                entity User = { "age": Long };
                entity Document;
                action "read" appliesTo { principal: User, resource: Document, context: {} };
                """;
        String start = "permit (principal, action == Action::\"read\", resource) when { principal.";
        CedarCore right = CedarCore.of(CedarParser.parse("p", start + "age > 3 };"), List.of());
        assertEquals(List.of(), right.validate(schema));
        CedarCore wrong = CedarCore.of(CedarParser.parse("p", start + "agee > 3 };"), List.of());
        assertTrue(
                wrong.validate(schema).getFirst().contains("agee"),
                wrong.validate(schema).toString());
        assertThrows(IllegalArgumentException.class, () -> right.validate("entity ;"));
    }
}
