package org.candor.policy.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Operation names and the patterns that stand for them: a name ({@code answer}), a name with a wildcard end
 * ({@code admin.consent.*}), or {@code *}. The most specific pattern that covers an operation decides alone.
 */
final class OperationPattern {
    static final String ALLOWED =
            "an operation such as answer or admin.consent.withdraw, a group such as admin.consent.*, or *";

    private static final Pattern WELL_FORMED =
            Pattern.compile("\\*|[a-z][a-z0-9-]{0,39}(\\.[a-z][a-z0-9-]{0,39}){0,7}(\\.\\*)?");

    private OperationPattern() {}

    static boolean isWellFormed(String pattern) {
        return WELL_FORMED.matcher(pattern).matches();
    }

    /** The value of the most specific pattern that covers the operation. */
    static <T> Optional<T> mostSpecific(Map<String, T> byPattern, String operation) {
        return covering(operation).stream()
                .map(byPattern::get)
                .filter(v -> v != null)
                .findFirst();
    }

    /** {@code a.b.c}, {@code a.b.*}, {@code a.*}, {@code *}. */
    static List<String> covering(String operation) {
        List<String> patterns = new ArrayList<>();
        patterns.add(operation);
        for (int dot = operation.lastIndexOf('.'); dot > 0; dot = operation.lastIndexOf('.', dot - 1)) {
            patterns.add(operation.substring(0, dot) + ".*");
        }
        patterns.add("*");
        return patterns;
    }
}
