package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Operations;
import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PolicyRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationSourceTest {
    private static final Map<String, Object> SMALL = Map.of(
            "operation.answer.roles", "viewer, operator",
            "operation.answer.purposes", "question-answering",
            "obligations.answer", "mask email iban",
            "operation.admin.*.roles", "admin",
            "operation.admin.*.purposes", "*",
            "operation.admin.consent.*.roles", "steward",
            "operation.admin.consent.*.purposes", "*",
            "operation.admin.consent.list.roles", "*",
            "operation.admin.consent.list.purposes", "*");

    private static Map<String, Object> with(String key, Object value) {
        Map<String, Object> changed = new HashMap<>(SMALL);
        changed.put(key, value);
        return changed;
    }

    private static PolicyRequest request(String operation, String purpose, String... roles) {
        return new PolicyRequest(new Caller("cli", "default", Set.of(roles)), operation, purpose, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "answer, question-answering, viewer, permitted",
        "answer, question-answering, operator, permitted",
        "answer, question-answering, admin, role-missing",
        "answer, advertising, viewer, purpose-not-permitted",
        "search, question-answering, admin, no-rule",
        "answer.all, question-answering, viewer, no-rule",
        "admin.consent.withdraw, anything, steward, permitted",
        "admin.consent.withdraw, anything, admin, role-missing",
        "admin.consent.list, anything, auditor, permitted",
        "admin.consent.list, anything, stranger, role-missing",
        "admin.models.activate, anything, admin, permitted",
        "admin.models.activate, anything, operator, role-missing",
        "admin, anything, admin, no-rule",
    })
    void theMostSpecificRuleDecidesAndAllElseIsDenied(String operation, String purpose, String role, String code) {
        Decision decision = new ConfigurationSource(SMALL).read().decide(request(operation, purpose, role));
        assertEquals(code, decision.code(), decision.message());
        assertEquals(code.equals("permitted"), decision.permitted());
        assertFalse(decision.message().isBlank());
    }

    @Test
    void everybodyMayChangeTheOwnPasswordUnlessARuleOfItsOwnSaysOtherwise() {
        for (Map<String, Object> rules :
                List.of(SMALL, Map.<String, Object>of("operation.*.roles", "admin", "operation.*.purposes", "*"))) {
            Policy policy = new ConfigurationSource(rules).read();
            assertTrue(policy.decide(request("access.password", "anything", "viewer"))
                    .permitted());
            assertFalse(policy.decide(request("access.password", "anything")).permitted());
            assertFalse(
                    policy.decide(request("access.other", "anything", "viewer")).permitted());
        }
        Map<String, Object> own = new HashMap<>(with("operation.access.password.roles", "admin"));
        own.put("operation.access.password.purposes", "*");
        assertFalse(new ConfigurationSource(own)
                .read()
                .decide(request("access.password", "anything", "viewer"))
                .permitted());
    }

    @Test
    void whatNoRuleCoversIsKnown() {
        RolePolicy policy = (RolePolicy) new ConfigurationSource(SMALL).read();
        assertEquals(
                List.of("embed", "generate", "log.read", "models.list", "search", "tokenize"),
                policy.uncovered(Operations.ALL));
        assertEquals(List.of(), policy.uncovered(List.of("answer", "admin.health.read", "access.password")));
    }

    @Test
    void aCallerWithoutRolesIsDeniedEvenWhereAnyRoleWillDo() {
        Decision decision = new ConfigurationSource(SMALL).read().decide(request("admin.consent.list", "x"));
        assertEquals("role-missing", decision.code());
    }

    @Test
    void aPermitCarriesItsObligationsAndADenialNone() {
        Policy gate = new ConfigurationSource(SMALL).read();
        assertEquals(
                List.of(new Obligation.MaskPersonalData(EnumSet.of(PersonalData.Kind.EMAIL, PersonalData.Kind.IBAN))),
                gate.decide(request("answer", "question-answering", "viewer")).obligations());
        assertEquals(
                List.of(),
                gate.decide(request("answer", "advertising", "viewer")).obligations());
        assertEquals(List.of(), gate.decide(request("admin.x", "x", "admin")).obligations());
    }

    @ParameterizedTest
    @CsvSource({
        "operation.answer.roles, superuser, 'admin, approver, auditor'",
        "operation.answer.roles, '', 'admin, approver, auditor'",
        "operation.answer.roles, 'viewer,,admin', 'admin, approver, auditor'",
        "operation.answer.purposes, Question Answering, small letters",
        "operation.search.roles, viewer, it must be given",
        "operation.search.purposes, x, it must be given",
        "operation.roles, viewer, between",
        "operation..roles, viewer, between",
        "operation.admin.*.x.roles, viewer, between",
        "obligations.answer, mask, email phone card iban",
        "obligations.answer, mask names, email phone card iban",
        "obligations.answer, mask EMAIL, email phone card iban",
        "obligations.answer, blur email, email phone card iban",
        "obligations., none, between",
        "operations.answer.roles, viewer, no such key",
        "policy.name, 'a b', 1 to 64 letters",
        "policy.version, '', 1 to 64 letters",
    })
    void anInvalidValueFailsActivationAndIsNamed(String key, String value, String allowed) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new ConfigurationSource(with(key, value)).read())
                .getMessage();
        String named = allowed.startsWith("it must") ? "operation.search." : key;
        assertTrue(message.contains(named) && message.contains(allowed), message);
        if (!allowed.startsWith("it must")) {
            assertTrue(message.contains("\"" + value + "\""), message);
        }
    }

    @Test
    void theDigestStandsForMeaningNotForSpelling() {
        String digest = new ConfigurationSource(SMALL).read().id().digest();
        assertTrue(digest.matches("sha256:[0-9a-f]{64}"), digest);
        assertEquals(digest, digestOf(with("operation.answer.roles", " operator ,viewer")));
        assertEquals(digest, digestOf(with("operation.answer.roles", new String[] {"operator", "viewer"})));
        assertEquals(digest, digestOf(with("operation.answer.roles", List.of("viewer", "operator"))));
        assertEquals(digest, digestOf(with("service.pid", "org.candor.policy")));
        assertEquals(digest, digestOf(with("osgi.ds.satisfying.condition.target", "(osgi.condition.id=true)")));
        assertEquals(digest, digestOf(with("felix.fileinstall.filename", "file:/elsewhere/org.candor.policy.cfg")));
        assertNotEquals(digest, digestOf(with("operation.answer.roles", "viewer")));
        assertNotEquals(digest, digestOf(with("obligations.answer", "none")));
        assertNotEquals(digest, digestOf(with("policy.version", "2")));
    }

    private static String digestOf(Map<String, Object> properties) {
        return new ConfigurationSource(properties).read().id().digest();
    }

    /** {@code printf 'obligations.answer=mask email\noperation.answer.purposes=*\noperation.answer.roles=admin,viewer\n' | sha256sum}. */
    @Test
    void theDigestCanBeRecomputedByHand() {
        assertEquals(
                "sha256:ad362960111bd20bd8369dde0b5dcc56733aed8e0ec3ccb17c46df20a1741ca0",
                digestOf(Map.of(
                        "operation.answer.roles", "viewer,admin",
                        "operation.answer.purposes", "*",
                        "obligations.answer", "mask email")));
    }
}
