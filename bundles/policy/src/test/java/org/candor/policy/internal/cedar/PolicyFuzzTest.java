package org.candor.policy.internal.cedar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.Mutation;
import org.junit.jupiter.api.Test;

/** Whatever a policy file holds, it is refused with its place, or it decides as Cedar's own core decides on it. */
class PolicyFuzzTest {

    private static final List<String> WORDS = List.of(
            "permit ",
            "forbid ",
            "when { ",
            " }",
            "unless { ",
            "principal",
            " in ",
            " is User",
            " == ",
            " like \"a*\\*\"",
            " has ",
            "context",
            ".contains(",
            ".containsAny(",
            "[1, \"a\"]",
            "{a: 1}",
            "if true then ",
            " else ",
            " && ",
            " || ",
            "!",
            "-",
            "9223372036854775807",
            "Org::Team::\"a\"",
            "@id(\"a\") ",
            "\\u{d800}",
            "// ",
            ";",
            "ip(\"1.2.3.4\")");

    @Test
    void mutatedPoliciesDecideAsTheCoreDoesOrAreRefused() {
        List<byte[]> examples = new ArrayList<>();
        for (int seed = 0; seed < 40; seed++) {
            examples.add(new RandomCedar(seed).policies(2).getBytes(StandardCharsets.UTF_8));
        }
        new Fuzz("policy", examples, Mutation.anyOf(new ByteMutation(WORDS)))
                .rounds(4_000)
                .run(PolicyFuzzTest::read);
    }

    private static boolean read(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        List<CedarPolicy> policies;
        try {
            policies = CedarParser.parse("p", text);
        } catch (CedarSyntaxException refusal) {
            assertTrue(refusal.getMessage().startsWith("line "), refusal.getMessage());
            return false;
        }
        RandomCedar random = new RandomCedar(Arrays.hashCode(input));
        List<CedarEntity> entities = random.entities();
        CompiledPolicies compiled;
        CedarCore core;
        try {
            compiled = CompiledPolicies.compile(policies, entities);
            core = CedarCore.of(policies, entities);
        } catch (NotCoveredException | IllegalArgumentException refusal) {
            // The core decides alone, or refuses what only our grammar allows: either is told before an activation.
            assertTrue(!refusal.getMessage().isBlank());
            return false;
        }
        for (int i = 0; i < 2; i++) {
            Situation situation = random.situation();
            assertEquals(core.evaluate(situation), compiled.evaluate(situation), () -> text + "\n" + situation);
        }
        return true;
    }
}
