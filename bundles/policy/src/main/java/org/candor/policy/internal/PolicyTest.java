package org.candor.policy.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.operation.Caller;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyRequest;
import org.candor.api.policy.PolicyTests;

/**
 * One test of a pack's tests.json.
 *
 * @param name of it
 * @param request that is decided
 * @param permitted what is expected
 * @param code that is expected, or null for any
 * @param obligations that are expected as a policy writes them, or null for any
 */
record PolicyTest(String name, PolicyRequest request, boolean permitted, String code, Set<String> obligations) {

    static List<PolicyTest> read(byte[] json) {
        List<PolicyTest> tests = new ArrayList<>();
        for (JsonReader test : JsonReader.objects("tests.json", json)) {
            test.only("name", "subject", "tenant", "roles", "operation", "purpose", "attributes", "expect");
            JsonReader expect = test.inside("expect").only("decision", "code", "obligations");
            Map<String, String> attributes = new LinkedHashMap<>();
            if (test.has("attributes")) {
                JsonReader given = test.inside("attributes");
                given.names().forEach(name -> attributes.put(name, given.text(name)));
            }
            tests.add(new PolicyTest(
                    test.text("name"),
                    new PolicyRequest(
                            new Caller(
                                    test.text("subject", "somebody"),
                                    test.text("tenant", "default"),
                                    Set.copyOf(test.texts("roles"))),
                            test.text("operation"),
                            test.text("purpose", "question-answering"),
                            attributes),
                    expect.matching("decision", "permit|deny").equals("permit"),
                    expect.has("code") ? expect.text("code") : null,
                    expect.has("obligations") ? new TreeSet<>(expect.texts("obligations")) : null));
        }
        if (tests.isEmpty()) {
            throw new InvalidPackException("tests.json holds no test; a policy without one cannot be activated");
        }
        return tests;
    }

    /** Whether the policy says what is expected; null, or what it says instead. */
    PolicyTests.Failure run(Policy policy) {
        Decision decision = policy.decide(request);
        Set<String> found = new TreeSet<>(ObligationText.texts(decision.obligations()));
        boolean holds = decision.permitted() == permitted
                && (code == null || code.equals(decision.code()))
                && (obligations == null || obligations.equals(found));
        return holds
                ? null
                : new PolicyTests.Failure(
                        name, words(permitted, code, obligations), words(decision.permitted(), decision.code(), found));
    }

    private static String words(boolean permitted, String code, Set<String> obligations) {
        return (permitted ? "permit" : "deny")
                + (code == null ? "" : " " + code)
                + (obligations == null ? "" : " " + obligations);
    }
}
