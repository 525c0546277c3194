package org.candor.tokenizer.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The character tables of tokenizer.json components. They come from a file, not from the JDK: the tokenizers library mixes
 * versions of Unicode, and ids must not change when the JDK does. Immutable, thread safe.
 */
final class UnicodeTables {
    /** Bits of {@link #classes}. */
    static final int WHITE_SPACE = 1;

    static final int PUNCTUATION = 2;
    static final int DIGIT = 4;
    static final int WORD = 8;

    static final int HANGUL_FIRST = 0xAC00;
    private static final int HANGUL_COUNT = 11_172;
    private static final int LEAD = 0x1100;
    private static final int VOWEL = 0x1161;
    private static final int TAIL = 0x11A7;

    private final Map<String, CodePointRanges> sets = new HashMap<>();
    private final Map<String, Map<Integer, int[]>> mappings = new HashMap<>();
    private final Map<Long, Integer> compositions = new HashMap<>();
    private final CodePointTable classes;
    private final CodePointTable combiningClass;

    private UnicodeTables(BufferedReader reader) throws IOException {
        String section = "";
        List<String[]> rows = new ArrayList<>();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("[")) {
                take(section, rows);
                section = line.substring(1, line.length() - 1);
                rows.clear();
            } else if (!line.isBlank()) {
                rows.add(line.split(" "));
            }
        }
        take(section, rows);
        classes = new CodePointTable.Builder()
                .mark(set("white-space"), WHITE_SPACE)
                .mark(set("punctuation"), PUNCTUATION)
                .mark(set("digits"), DIGIT)
                .mark(set("word"), WORD)
                .build();
        CodePointTable.Builder combining = new CodePointTable.Builder();
        mapping("combining-class").forEach((c, value) -> combining.set(c, value[0]));
        combiningClass = combining.build();
    }

    /** Reads the tables that lie beside this class. */
    static UnicodeTables load() {
        try (InputStream in = UnicodeTables.class.getResourceAsStream("unicode.txt")) {
            if (in == null) {
                throw new IllegalStateException("unicode.txt is missing from the bundle: install it again");
            }
            return new UnicodeTables(new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException("unicode.txt in the bundle cannot be read: install it again", e);
        }
    }

    private void take(String section, List<String[]> rows) {
        switch (section) {
            case "" -> {}
            case "lowercase", "canonical", "compatibility", "case-folds", "script-runs" -> {
                Map<Integer, int[]> map = new HashMap<>(rows.size() * 2);
                for (String[] row : rows) {
                    int[] values = new int[row.length - 1];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = Integer.parseInt(row[i + 1], 16);
                    }
                    map.put(Integer.parseInt(row[0], 16), values);
                }
                mappings.put(section, map);
            }
            case "combining-class" -> {
                Map<Integer, int[]> map = new HashMap<>(rows.size() * 2);
                rows.forEach(row -> map.put(Integer.parseInt(row[0], 16), new int[] {Integer.parseInt(row[1])}));
                mappings.put(section, map);
            }
            case "compositions" ->
                rows.forEach(row -> compositions.put(
                        pair(Integer.parseInt(row[0], 16), Integer.parseInt(row[1], 16)),
                        Integer.parseInt(row[2], 16)));
            default -> {
                int[] bounds = rows.stream()
                        .flatMap(java.util.Arrays::stream)
                        .flatMapToInt(range -> {
                            int dash = range.indexOf('-');
                            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), 16);
                            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1), 16);
                            return java.util.stream.IntStream.of(first, last);
                        })
                        .toArray();
                sets.put(section, new CodePointRanges(bounds));
            }
        }
    }

    /** Bits per code point: white space, punctuation, digit, word. */
    CodePointTable classes() {
        return classes;
    }

    CodePointRanges set(String name) {
        CodePointRanges found = sets.get(name);
        if (found == null) {
            throw new IllegalStateException("unicode.txt has no table " + name);
        }
        return found;
    }

    java.util.stream.Stream<String> setNames() {
        return sets.keySet().stream();
    }

    boolean hasSet(String name) {
        return sets.containsKey(name);
    }

    Map<Integer, int[]> mapping(String name) {
        Map<Integer, int[]> found = mappings.get(name);
        if (found == null) {
            throw new IllegalStateException("unicode.txt has no table " + name);
        }
        return found;
    }

    /** Lower case of one character, or null when it is the character itself. */
    int[] lowercase(int codePoint) {
        return mapping("lowercase").get(codePoint);
    }

    /** Canonical combining class, 0 for starters and what Unicode 12 does not know. */
    int combiningClass(int codePoint) {
        return combiningClass.get(codePoint);
    }

    /** Full decomposition of one character, or null when it is the character itself. */
    int[] decomposition(int codePoint, boolean compatibility) {
        if (codePoint < 0xA0) {
            return null;
        }
        if (isHangulSyllable(codePoint)) {
            int index = codePoint - HANGUL_FIRST;
            int tail = index % 28;
            int lead = LEAD + index / 588;
            int vowel = VOWEL + index % 588 / 28;
            return tail == 0 ? new int[] {lead, vowel} : new int[] {lead, vowel, TAIL + tail};
        }
        int[] found = compatibility ? mapping("compatibility").get(codePoint) : null;
        return found != null ? found : mapping("canonical").get(codePoint);
    }

    static boolean isHangulSyllable(int codePoint) {
        return codePoint >= HANGUL_FIRST && codePoint < HANGUL_FIRST + HANGUL_COUNT;
    }

    /** The primary composite of two characters, or -1. */
    int composition(int first, int second) {
        if (first >= LEAD && first < LEAD + 19 && second >= VOWEL && second < VOWEL + 21) {
            return HANGUL_FIRST + ((first - LEAD) * 21 + second - VOWEL) * 28;
        }
        if (isHangulSyllable(first) && (first - HANGUL_FIRST) % 28 == 0 && second > TAIL && second < TAIL + 28) {
            return first + second - TAIL;
        }
        return compositions.getOrDefault(pair(first, second), -1);
    }

    /** Characters that can be the second part of a composite. */
    Set<Integer> compositionSeconds() {
        Set<Integer> seconds = new HashSet<>();
        compositions.keySet().forEach(pair -> seconds.add((int) (long) pair));
        for (int vowel = VOWEL; vowel < VOWEL + 21; vowel++) {
            seconds.add(vowel);
        }
        for (int tail = TAIL + 1; tail < TAIL + 28; tail++) {
            seconds.add(tail);
        }
        return seconds;
    }

    private static long pair(int first, int second) {
        return (long) first << 32 | second;
    }
}
