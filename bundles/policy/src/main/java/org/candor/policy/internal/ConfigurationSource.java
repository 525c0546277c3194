package org.candor.policy.internal;

import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.candor.api.operation.Operations;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PolicyId;

/**
 * A policy from configuration keys.
 *
 * <ul>
 *   <li>{@code operation.PATTERN.roles}: who may, of the six roles, or {@code *} for any of them
 *   <li>{@code operation.PATTERN.purposes}: what for, or {@code *}
 *   <li>{@code obligations.PATTERN}: {@code mask} and kinds of personal data, or {@code none}
 *   <li>{@code policy.name}, {@code policy.version}: how decisions refer to it
 * </ul>
 *
 * Without a rule of its own {@code access.password}, the change of one's own password, is for any of the roles.
 *
 * <p>A key that means nothing is refused: a misspelt rule must not silently be no rule. The policy's digest is the SHA-256
 * of its canonical form: one line {@code key=value} for each key in the order of Unicode code units, lists sorted and
 * joined by a comma, each line ended by a line feed, in UTF-8.
 */
final class ConfigurationSource implements PolicySource {
    static final Set<String> ROLES = Set.of("viewer", "operator", "steward", "auditor", "approver", "admin");

    private static final String OPERATION = "operation.";
    private static final String OBLIGATIONS = "obligations.";
    private static final String ROLES_END = ".roles";
    private static final String PURPOSES_END = ".purposes";
    static final Pattern PURPOSE = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MAXIMUM_KEYS = 1_000;

    /** What the framework, Configuration Admin, the file installer and Karaf add to a configuration. */
    private static final List<String> FOREIGN =
            List.of("service.", "component.", "felix.", "osgi.", "org.apache.", "configuration.", ".");

    private final Map<String, ?> properties;

    ConfigurationSource(Map<String, ?> properties) {
        this.properties = properties;
    }

    /** Whether the key is the framework's and none of ours. */
    static boolean isForeign(String key) {
        return FOREIGN.stream().anyMatch(key::startsWith) || key.equals("objectClass");
    }

    @Override
    public Policy read() {
        Map<String, SortedSet<String>> roles = new HashMap<>();
        Map<String, SortedSet<String>> purposes = new HashMap<>();
        Map<String, List<Obligation>> obligations = new HashMap<>();
        TreeMap<String, String> canonical = new TreeMap<>();
        String name = "configuration";
        String version = "1";
        for (Map.Entry<String, ?> entry : properties.entrySet()) {
            String key = entry.getKey();
            Object value = entry.getValue();
            if (isForeign(key)) {
                continue;
            }
            if (canonical.size() >= MAXIMUM_KEYS) {
                throw new InvalidPolicyException(key, value, "a policy has at most " + MAXIMUM_KEYS + " keys");
            }
            if (key.equals("policy.name")) {
                name = label(key, value);
                canonical.put(key, name);
            } else if (key.equals("policy.version")) {
                version = label(key, value);
                canonical.put(key, version);
            } else if (key.startsWith(OPERATION) && key.endsWith(ROLES_END)) {
                SortedSet<String> words = words(key, value, ROLES::contains, "a list of " + allRoles() + ", or *");
                roles.put(pattern(key, value, OPERATION, ROLES_END), words);
                canonical.put(key, String.join(",", words));
            } else if (key.startsWith(OPERATION) && key.endsWith(PURPOSES_END)) {
                SortedSet<String> words = words(
                        key,
                        value,
                        PURPOSE.asMatchPredicate(),
                        "a list of purposes (small letters, digits and hyphens, such as question-answering), or *");
                purposes.put(pattern(key, value, OPERATION, PURPOSES_END), words);
                canonical.put(key, String.join(",", words));
            } else if (key.startsWith(OBLIGATIONS)) {
                EnumSet<PersonalData.Kind> kinds = masked(key, value);
                obligations.put(
                        pattern(key, value, OBLIGATIONS, ""),
                        kinds.isEmpty() ? List.of() : List.of(new Obligation.MaskPersonalData(kinds)));
                canonical.put(key, kinds.isEmpty() ? "none" : "mask " + lowerCase(kinds));
            } else {
                throw new InvalidPolicyException(
                        key,
                        value,
                        "no such key; allowed are default, decisions, trustedKeys, unsigned, operation.PATTERN.roles, operation.PATTERN.purposes, "
                                + "obligations.PATTERN, policy.name and policy.version");
            }
        }
        return new RolePolicy(new PolicyId(name, version, digest(canonical)), rules(roles, purposes), obligations);
    }

    private static Map<String, RolePolicy.Rule> rules(
            Map<String, SortedSet<String>> roles, Map<String, SortedSet<String>> purposes) {
        Map<String, RolePolicy.Rule> rules = new HashMap<>();
        roles.forEach((pattern, allowed) -> {
            SortedSet<String> what = purposes.get(pattern);
            if (what == null) {
                throw missing(OPERATION + pattern + PURPOSES_END, OPERATION + pattern + ROLES_END);
            }
            rules.put(pattern, new RolePolicy.Rule(allowed, what));
        });
        purposes.keySet().forEach(pattern -> {
            if (!roles.containsKey(pattern)) {
                throw missing(OPERATION + pattern + ROLES_END, OPERATION + pattern + PURPOSES_END);
            }
        });
        rules.putIfAbsent(Operations.OWN_PASSWORD, new RolePolicy.Rule(Set.of(RolePolicy.ANY), Set.of(RolePolicy.ANY)));
        return rules;
    }

    private static InvalidPolicyException missing(String absent, String present) {
        return new InvalidPolicyException(
                absent, "", "it must be given because " + present + " is; a rule has roles and purposes");
    }

    private static String pattern(String key, Object value, String start, String end) {
        if (key.length() > start.length() + end.length()) {
            String pattern = key.substring(start.length(), key.length() - end.length());
            if (OperationPattern.isWellFormed(pattern)) {
                return pattern;
            }
        }
        throw new InvalidPolicyException(
                key, value, "between \"" + start + "\" and \"" + end + "\" stands " + OperationPattern.ALLOWED);
    }

    private static SortedSet<String> words(String key, Object value, Predicate<String> known, String allowed) {
        SortedSet<String> words = new TreeSet<>();
        for (String item : items(value)) {
            for (String word : item.split(",", -1)) {
                String stripped = word.strip();
                if (!stripped.equals(RolePolicy.ANY) && !known.test(stripped)) {
                    throw new InvalidPolicyException(key, value, allowed);
                }
                words.add(stripped);
            }
        }
        if (words.isEmpty()) {
            throw new InvalidPolicyException(key, value, allowed);
        }
        return words;
    }

    private static EnumSet<PersonalData.Kind> masked(String key, Object value) {
        String allowed =
                "\"none\", or \"mask\" and one or more of " + lowerCase(EnumSet.allOf(PersonalData.Kind.class));
        List<String> words =
                new ArrayList<>(List.of(String.join(" ", items(value)).strip().split("[\\s,]+")));
        if (words.equals(List.of("none"))) {
            return EnumSet.noneOf(PersonalData.Kind.class);
        }
        if (words.size() < 2 || !words.removeFirst().equals("mask")) {
            throw new InvalidPolicyException(key, value, allowed);
        }
        EnumSet<PersonalData.Kind> kinds = EnumSet.noneOf(PersonalData.Kind.class);
        for (String word : words) {
            try {
                if (!word.equals(word.toLowerCase(Locale.ROOT))) {
                    throw new IllegalArgumentException(word);
                }
                kinds.add(PersonalData.Kind.valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException unknown) {
                throw new InvalidPolicyException(key, value, allowed);
            }
        }
        return kinds;
    }

    private static String label(String key, Object value) {
        if (value instanceof String text && LABEL.matcher(text.strip()).matches()) {
            return text.strip();
        }
        throw new InvalidPolicyException(key, value, "1 to 64 letters, digits, dots, hyphens and underscores");
    }

    private static List<String> items(Object value) {
        if (value instanceof Collection<?> several) {
            return several.stream().map(String::valueOf).toList();
        }
        if (value != null && value.getClass().isArray()) {
            List<String> items = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                items.add(String.valueOf(Array.get(value, i)));
            }
            return items;
        }
        return List.of(String.valueOf(value));
    }

    private static String lowerCase(Set<PersonalData.Kind> kinds) {
        return String.join(
                " ", kinds.stream().map(k -> k.name().toLowerCase(Locale.ROOT)).toList());
    }

    private static String allRoles() {
        return String.join(", ", new TreeSet<>(ROLES));
    }

    private static String digest(TreeMap<String, String> canonical) {
        StringBuilder lines = new StringBuilder();
        canonical.forEach(
                (key, value) -> lines.append(key).append('=').append(value).append('\n'));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(lines.toString().getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
