package org.candor.policy.internal;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.candor.api.policy.PolicyId;

/**
 * Which packs are trusted: those whose digest is pinned by the build, and others that the configuration names. Immutable
 * and thread safe.
 */
final class PackTrust {

    private static final String KEY = "unsigned";
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern NAMED = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}:[a-z0-9][a-z0-9._-]{0,63}");

    /** The packs of this build, and no others. */
    static final PackTrust SHIPPED = new PackTrust(PackCheck.SHIPPED, Set.of(), false);

    private final Map<String, String> pinned;
    private final Set<String> unsigned;
    private final boolean everything;

    private PackTrust(Map<String, String> pinned, Set<String> unsigned, boolean everything) {
        this.pinned = pinned;
        this.unsigned = unsigned;
        this.everything = everything;
    }

    /**
     * @param value of the key {@code unsigned}: digests, name:version, or {@code true}, separated by commas
     * @throws InvalidPolicyException naming key, value and what is allowed
     */
    static PackTrust of(Object value) {
        return of(PackCheck.SHIPPED, value);
    }

    /** @param pinned {@code name:version} by digest */
    static PackTrust of(Map<String, String> pinned, Object value) {
        Set<String> unsigned = new HashSet<>();
        boolean everything = false;
        for (String part : text(value).split(",")) {
            String entry = part.strip();
            if (entry.equals("true")) {
                everything = true;
            } else if (DIGEST.matcher(entry).matches()
                    || !entry.startsWith("sha256:") && NAMED.matcher(entry).matches()) {
                unsigned.add(entry);
            } else if (!entry.isEmpty() && !entry.equals("false")) {
                throw new InvalidPolicyException(
                        KEY, value, "name:version, sha256: and 64 hexadecimal digits, true, or nothing");
            }
        }
        return new PackTrust(Map.copyOf(pinned), Set.copyOf(unsigned), everything);
    }

    private static String text(Object value) {
        if (value instanceof Object[] several) {
            return text(java.util.List.of(several));
        }
        return value instanceof Collection<?> several
                ? String.join(",", several.stream().map(String::valueOf).toList())
                : String.valueOf(value);
    }

    /** Whether the pack may be installed. */
    boolean trusts(PolicyId id) {
        return refusal(id) == null;
    }

    /** @throws InvalidPackException saying why it is not trusted, and what to do */
    void check(PolicyId id) {
        String refusal = refusal(id);
        if (refusal != null) {
            throw new InvalidPackException(refusal);
        }
    }

    private String refusal(PolicyId id) {
        if (pinned.containsKey(id.digest()) || unsigned.contains(id.digest())) {
            return null;
        }
        String named = id.name() + ":" + id.version();
        if (pinned.containsValue(named)) {
            return named + " comes with this build, and this pack has other content (" + id.digest()
                    + "): give it another version";
        }
        return everything || unsigned.contains(named)
                ? null
                : "it does not come with this build: to trust it, add " + named + " or " + id.digest() + " to " + KEY
                        + " in etc/org.candor.policy.cfg";
    }
}
