package org.candor.retrieval.internal.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The lines between two {@code ---} lines at the top of a text: {@code key: value}, {@code key: [a, b]}, or a key
 * followed by {@code - item} lines. This is the small part of YAML that documents use; what it does not understand it
 * skips. What it cannot hold, or front matter that never ends, is an error instead: a document whose subjects were lost
 * would slip through consent.
 *
 * @param values by lower-case key; a single value is a list of one
 * @param end UTF-16 position after the closing line, 0 without front matter
 */
public record FrontMatter(Map<String, List<String>> values, int end) {

    /** None. */
    public static final FrontMatter NONE = new FrontMatter(Map.of(), 0);

    private static final int MOST_CHARS = 65_536;
    private static final int MOST_KEYS = 100;
    private static final int MOST_ITEMS = 1_000;

    public FrontMatter {
        values = Map.copyOf(values);
    }

    /**
     * Reads the front matter of a text; a byte order mark before it is allowed.
     *
     * @throws UnreadableDocumentException when it does not end or exceeds a limit
     */
    public static FrontMatter parse(String text) throws UnreadableDocumentException {
        int position = text.startsWith("\uFEFF") ? 1 : 0;
        int lineEnd = lineEnd(text, position);
        if (!text.substring(position, lineEnd).stripTrailing().equals("---")) {
            return NONE;
        }
        int second = next(text, lineEnd);
        if (text.substring(second, lineEnd(text, second)).isBlank()) {
            return NONE; // a thematic break, not front matter
        }
        Map<String, List<String>> values = new HashMap<>();
        String key = null;
        String openList = null;
        position = next(text, lineEnd);
        int limit = Math.min(text.length(), position + MOST_CHARS);
        while (position < limit) {
            lineEnd = lineEnd(text, position);
            String line = text.substring(position, Math.min(lineEnd, limit)).stripTrailing();
            if (line.equals("---") || line.equals("...")) {
                return new FrontMatter(values, next(text, lineEnd));
            }
            if (openList != null) {
                line = openList + ' ' + line.strip();
            }
            openList = opensList(line) ? line : null;
            if (openList == null) {
                key = line(line, key, values);
            }
            position = next(text, lineEnd);
        }
        if (values.isEmpty() && openList == null && limit == text.length()) {
            return NONE; // a thematic break, not front matter
        }
        throw new UnreadableDocumentException(
                "the front matter does not end: no second --- line within its first " + MOST_CHARS + " characters");
    }

    /** Whether a list in brackets goes on in the next line. */
    private static boolean opensList(String line) {
        int colon = line.indexOf(':');
        return colon > 0
                && line.substring(colon + 1).strip().startsWith("[")
                && !withoutRemark(line.substring(colon + 1).strip()).endsWith("]");
    }

    /** First value of a key, or null. */
    public String first(String key) {
        List<String> all = values.get(key);
        return all == null || all.isEmpty() ? null : all.getFirst();
    }

    /** All values of a key, or null when the key is absent. */
    public Set<String> all(String key) {
        List<String> all = values.get(key);
        return all == null ? null : new LinkedHashSet<>(all);
    }

    private static String line(String line, String key, Map<String, List<String>> values)
            throws UnreadableDocumentException {
        String content = line.strip();
        if (content.isEmpty() || content.startsWith("#")) {
            return key;
        }
        if (content.equals("-") || content.startsWith("- ")) {
            List<String> items = key == null ? null : values.get(key);
            String item = unquote(content.substring(1).strip());
            if (items != null && !item.isEmpty()) {
                items.add(item);
                limit(items.size(), MOST_ITEMS, "items of " + key);
            }
            return key;
        }
        int colon = content.indexOf(':');
        if (colon <= 0 || Character.isWhitespace(line.charAt(0))) {
            return null;
        }
        String name = unquote(content.substring(0, colon).strip()).toLowerCase(Locale.ROOT);
        List<String> value = value(content.substring(colon + 1).strip());
        limit(value.size(), MOST_ITEMS, "items of " + name);
        values.put(name, value);
        limit(values.size(), MOST_KEYS, "keys");
        return name;
    }

    private static void limit(int n, int most, String what) throws UnreadableDocumentException {
        if (n > most) {
            throw new UnreadableDocumentException("the front matter has more than " + most + " " + what);
        }
    }

    private static List<String> value(String value) {
        List<String> items = new ArrayList<>();
        String plain = withoutRemark(value);
        if (plain.startsWith("[") && plain.endsWith("]")) {
            for (String item : plain.substring(1, plain.length() - 1).split("[,，]", MOST_ITEMS + 2)) {
                String one = unquote(item.strip());
                if (!one.isEmpty()) {
                    items.add(one);
                }
            }
        } else if (!plain.isEmpty()) {
            items.add(unquote(plain));
        }
        return items;
    }

    private static String withoutRemark(String value) {
        if (value.startsWith("\"") || value.startsWith("'")) {
            return value;
        }
        int remark = value.indexOf(" #");
        return remark < 0 ? value : value.substring(0, remark).strip();
    }

    private static String unquote(String value) {
        int last = value.length() - 1;
        if (last > 0 && (value.charAt(0) == '"' || value.charAt(0) == '\'') && value.charAt(last) == value.charAt(0)) {
            return value.substring(1, last).strip();
        }
        return value;
    }

    private static int lineEnd(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private static int next(String text, int lineEnd) {
        return Math.min(text.length(), lineEnd + 1);
    }
}
