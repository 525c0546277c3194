package org.candor.policy.internal;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;

/**
 * The configuration: rules in the older form, which form a policy of their own, and what else can be chosen.
 *
 * @param rules or null where the configuration has none
 * @param preferred {@code name:version} of the pack that decides while nobody activated anything
 * @param decisions how many are kept for replays
 * @param trust which packs may be installed
 */
record PolicySettings(PolicySource rules, String preferred, int decisions, PackTrust trust) {

    static final PolicySettings NONE = new PolicySettings(null, "", 20_000, shipped());
    private static final String DEFAULT = "default";
    private static final String DECISIONS = "decisions";
    private static final String UNSIGNED = "unsigned";
    private static final String TRUSTED_KEYS = "trustedKeys";
    private static final String SHIPPED = "default:1.2.0";
    private static final int LEAST = 100;
    private static final int MOST = 1_000_000;

    /** @throws IllegalArgumentException naming key, value and what is allowed; nothing of it counts then */
    static PolicySettings read(Map<String, ?> properties) {
        String preferred = SHIPPED;
        int decisions = NONE.decisions();
        List<String> unsigned = List.of();
        List<String> trustedKeys = List.of();
        Map<String, Object> rest = new HashMap<>();
        for (Map.Entry<String, ?> entry : properties.entrySet()) {
            String key = entry.getKey();
            Object value = entry.getValue();
            switch (key) {
                case DEFAULT -> {
                    preferred = String.valueOf(value).strip();
                    if (!preferred.matches("[a-z0-9][a-z0-9._-]{0,63}:[a-z0-9][a-z0-9._-]{0,63}")) {
                        throw new InvalidPolicyException(key, value, "name:version of a policy, such as " + SHIPPED);
                    }
                }
                case DECISIONS -> decisions = number(key, value);
                case UNSIGNED -> unsigned = texts(value);
                case TRUSTED_KEYS -> trustedKeys = texts(value);
                default -> {
                    if (!ConfigurationSource.isForeign(key)) {
                        rest.put(key, value);
                    }
                }
            }
        }
        PackTrust trust = PackTrust.of(PackKind.POLICY, PackCheck.SHIPPED, trustedKeys, unsigned);
        if (rest.isEmpty()) {
            return new PolicySettings(null, preferred, decisions, trust);
        }
        // Read once to refuse the whole where something is wrong; a policy is immutable, so it can be given away.
        Policy policy = new ConfigurationSource(rest).read();
        return new PolicySettings(() -> policy, preferred, decisions, trust);
    }

    /** The packs of this build, and no others. */
    static PackTrust shipped() {
        return PackTrust.of(PackKind.POLICY, PackCheck.SHIPPED, List.of(), List.of());
    }

    private static List<String> texts(Object value) {
        return switch (value) {
            case null -> List.of();
            case Object[] several -> Arrays.stream(several).map(String::valueOf).toList();
            case Collection<?> several -> several.stream().map(String::valueOf).toList();
            default -> List.of(String.valueOf(value));
        };
    }

    private static int number(String key, Object value) {
        try {
            int number = Integer.parseInt(String.valueOf(value).strip());
            if (number >= LEAST && number <= MOST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with what is allowed.
        }
        throw new InvalidPolicyException(key, value, "a whole number from " + LEAST + " to " + MOST);
    }
}
