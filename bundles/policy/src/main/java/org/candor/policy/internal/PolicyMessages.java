package org.candor.policy.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a policy's reason codes mean, in English and Chinese. Texts may hold {operation}, {purpose}, {roles}, {held} and
 * {purposes}.
 */
final class PolicyMessages {

    /** Codes that any policy may give, because they are about what no policy permits. */
    static final Set<String> ALWAYS =
            Set.of(RolePolicy.PERMITTED, RolePolicy.NO_RULE, RolePolicy.ROLE_MISSING, RolePolicy.PURPOSE_NOT_PERMITTED);

    static final Set<String> LANGUAGES = Set.of("en", "zh");
    private static final int LONGEST = 1_000;

    private final Map<String, Map<String, String>> byLanguage;

    private PolicyMessages(Map<String, Map<String, String>> byLanguage) {
        this.byLanguage = byLanguage;
    }

    /**
     * @param files messages-LANGUAGE.json by language
     * @param needed codes that the policies give
     */
    static PolicyMessages read(Map<String, byte[]> files, Set<String> needed) {
        Map<String, Map<String, String>> byLanguage = new LinkedHashMap<>();
        Set<String> codes = new TreeSet<>(ALWAYS);
        codes.addAll(needed);
        for (String language : new TreeSet<>(LANGUAGES)) {
            JsonReader reader = JsonReader.object("messages-" + language + ".json", files.get(language));
            Map<String, String> messages = new LinkedHashMap<>();
            for (String code : codes) {
                String text = reader.text(code);
                if (text.isBlank() || text.length() > LONGEST) {
                    throw reader.wrong(code, "a text of 1 to " + LONGEST + " characters is needed");
                }
                messages.put(code, text);
            }
            for (String code : reader.names()) {
                if (!codes.contains(code)) {
                    throw reader.wrong(code, "no policy gives this code; these are given: " + String.join(", ", codes));
                }
            }
            byLanguage.put(language, Map.copyOf(messages));
        }
        return new PolicyMessages(byLanguage);
    }

    /** The message of a code by language, with its placeholders filled. */
    Map<String, String> of(String code, Map<String, String> facts) {
        Map<String, String> messages = new LinkedHashMap<>();
        byLanguage.forEach((language, texts) -> {
            String text = texts.get(code);
            for (Map.Entry<String, String> fact : facts.entrySet()) {
                text = text.replace("{" + fact.getKey() + "}", fact.getValue());
            }
            messages.put(language, text);
        });
        return messages;
    }
}
