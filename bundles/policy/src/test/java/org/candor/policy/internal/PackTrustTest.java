package org.candor.policy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.candor.api.policy.PolicyId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackTrustTest {

    private static final String OURS = "sha256:" + "a".repeat(64);
    private static final String THEIRS = "sha256:" + "b".repeat(64);
    private static final Map<String, String> PINS = Map.of(OURS, "default:1.1.0");

    private static String refusal(Object unsigned, PolicyId id) {
        return assertThrows(InvalidPackException.class, () -> PackTrust.of(PINS, unsigned)
                        .check(id))
                .getMessage();
    }

    @Test
    void whatTheBuildPinsIsTrustedAndNothingElse() {
        assertTrue(PackTrust.of(PINS, "").trusts(new PolicyId("default", "1.1.0", OURS)));
        assertFalse(PackTrust.of(PINS, "").trusts(new PolicyId("mine", "1", THEIRS)));
        String refusal = refusal("false", new PolicyId("mine", "1", THEIRS));
        assertTrue(refusal.contains("add mine:1 or " + THEIRS + " to unsigned in etc/org.candor.policy.cfg"), refusal);
    }

    @Test
    void theNameOfAPackOfThisBuildIsNotEnough() {
        PolicyId impostor = new PolicyId("default", "1.1.0", THEIRS);
        for (String allowed : List.of("", "default:1.1.0", "true")) {
            assertTrue(refusal(allowed, impostor).contains("has other content"), allowed);
        }
        assertTrue(PackTrust.of(PINS, THEIRS).trusts(impostor), "its digest says that this very one is meant");
    }

    @Test
    void theConfigurationAllowsByNameByDigestOrAll() {
        PolicyId mine = new PolicyId("mine", "1", THEIRS);
        for (Object allowed : List.of("mine:1", THEIRS, "true", " a:1 , mine:1", List.of("a:1", "mine:1"))) {
            assertTrue(PackTrust.of(PINS, allowed).trusts(mine), allowed.toString());
        }
        assertTrue(PackTrust.of(PINS, new String[] {"a:1", "mine:1"}).trusts(mine));
        assertTrue(refusal("mine:2, sha256:" + "0".repeat(64), mine).contains("mine:1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "mine", "mine:", ":1", "sha256:12", "Mine:1"})
    void whatMeansNothingIsNamed(String value) {
        String message = assertThrows(
                        InvalidPolicyException.class, () -> PolicySettings.read(Map.of("unsigned", value)))
                .getMessage();
        assertTrue(message.contains("unsigned") && message.contains("\"" + value + "\""), message);
        assertTrue(message.contains("name:version"), message);
    }

    @Test
    void theConfigurationsListIsTheOneThatCounts() {
        PolicySettings settings = PolicySettings.read(Map.of("unsigned", "mine:1"));
        assertTrue(settings.trust().trusts(new PolicyId("mine", "1", THEIRS)));
        assertEquals(null, settings.rules());
        assertFalse(PolicySettings.read(Map.of()).trust().trusts(new PolicyId("mine", "1", THEIRS)));
    }
}
