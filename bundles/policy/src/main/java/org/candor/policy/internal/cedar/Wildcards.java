package org.candor.policy.internal.cedar;

import java.util.List;

/**
 * The pattern of {@code like}: literal parts between wildcards, each of which stands for any text. {@code a*b} has the
 * parts a and b; a pattern without a wildcard has one part.
 */
record Wildcards(List<String> parts) {

    Wildcards {
        parts = List.copyOf(parts);
    }

    /** Greedy from the left, which is right because a wildcard takes anything; at most text times pattern steps. */
    boolean matches(String text) {
        String first = parts.getFirst();
        if (parts.size() == 1) {
            return text.equals(first);
        }
        String last = parts.getLast();
        if (text.length() < first.length() + last.length() || !text.startsWith(first) || !text.endsWith(last)) {
            return false;
        }
        int at = first.length();
        int end = text.length() - last.length();
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = text.indexOf(part, at);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            at = found + part.length();
        }
        return true;
    }
}
