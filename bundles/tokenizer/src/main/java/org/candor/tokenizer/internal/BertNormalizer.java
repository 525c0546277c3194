package org.candor.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * BERT's cleaning, blanks around Chinese characters, accent stripping and lower case in one pass: what becomes of each character
 * is worked out once, when the tokenizer is read.
 */
final class BertNormalizer implements Normalizer {
    /** Values of the table: 0 keeps, positive replaces by that character, the rest is below. */
    private static final int DROP = -1;

    private static final int CHINESE = -2;
    private static final int HANGUL = -3;
    /** A character that takes part in canonical reordering and survives it. */
    private static final int REORDER = -4;

    private static final int FIRST_EXPANSION = -16;

    private final UnicodeTables tables;
    private final boolean stripAccents;
    private final boolean lowercase;
    private final CodePointTable actions;
    private final int[][] expansions;
    private final UnicodeForm decomposed;

    BertNormalizer(UnicodeTables tables, boolean cleanText, boolean chinese, boolean stripAccents, boolean lowercase) {
        this.tables = tables;
        this.stripAccents = stripAccents;
        this.lowercase = lowercase;
        this.decomposed = stripAccents ? UnicodeForm.of(tables, false, false) : null;
        CodePointTable.Builder table = new CodePointTable.Builder();
        List<int[]> expanded = new ArrayList<>();
        if (stripAccents || lowercase) {
            for (int c : touched()) {
                table.set(c, action(c, expanded));
            }
        }
        if (stripAccents) {
            for (int c = UnicodeTables.HANGUL_FIRST; UnicodeTables.isHangulSyllable(c); c++) {
                table.set(c, HANGUL);
            }
        }
        if (chinese) {
            tables.set("chinese").forEach(c -> {
                int inner = table.get(c);
                table.set(c, inner == 0 ? CHINESE : expansion(expanded, ' ', inner, ' '));
            });
        }
        if (cleanText) {
            tables.set("clean-blanks").forEach(c -> table.set(c, ' '));
            tables.set("clean-removes").forEach(c -> table.set(c, DROP));
        }
        actions = table.build();
        expansions = expanded.toArray(int[][]::new);
    }

    private Set<Integer> touched() {
        Set<Integer> touched = new TreeSet<>();
        if (stripAccents) {
            touched.addAll(tables.mapping("canonical").keySet());
            touched.addAll(tables.mapping("combining-class").keySet());
            tables.set("bert-accents").forEach(touched::add);
        }
        if (lowercase) {
            touched.addAll(tables.mapping("lowercase").keySet());
        }
        return touched;
    }

    private int action(int codePoint, List<int[]> expanded) {
        int[] parts = stripAccents ? tables.decomposition(codePoint, false) : null;
        List<Integer> result = new ArrayList<>();
        for (int part : parts == null ? new int[] {codePoint} : parts) {
            if (stripAccents && tables.set("bert-accents").contains(part)) {
                continue;
            }
            if (stripAccents && tables.combiningClass(part) != 0) {
                return REORDER;
            }
            int[] lower = lowercase ? tables.lowercase(part) : null;
            for (int l : lower == null ? new int[] {part} : lower) {
                result.add(l);
            }
        }
        if (result.isEmpty()) {
            return DROP;
        }
        if (result.size() == 1) {
            return result.get(0) == codePoint ? 0 : result.get(0);
        }
        return expansion(expanded, result.stream().mapToInt(i -> i).toArray());
    }

    private static int expansion(List<int[]> expanded, int... result) {
        expanded.add(result);
        return FIRST_EXPANSION - (expanded.size() - 1);
    }

    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int[] positions = text.positions();
        int length = text.length();
        text.rewrite();
        int[] newPoints = text.newCodePoints();
        int[] newPositions = text.newPositions();
        int out = 0;
        for (int i = 0; i < length; i++) {
            int c = points[i];
            int action = actions.get(c);
            if (action >= 0) {
                newPoints[out] = action == 0 ? c : action;
                newPositions[out++] = positions[i];
            } else if (action == REORDER) {
                stepByStep(text);
                return;
            } else if (action != DROP) {
                text.setWritten(out);
                expand(text, c, action, positions[i]);
                out = text.written();
                // Room for what is left, so that single characters need no check.
                text.reserve(out + length - i);
                newPoints = text.newCodePoints();
                newPositions = text.newPositions();
            }
        }
        text.setWritten(out);
        text.finish();
    }

    private void expand(NormalizedText text, int c, int action, int position) {
        switch (action) {
            case CHINESE -> {
                text.emit(' ', position);
                text.emit(c, position);
                text.emit(' ', position);
            }
            case HANGUL -> {
                for (int jamo : tables.decomposition(c, false)) {
                    text.emit(jamo, position);
                }
            }
            default -> {
                for (int e : expansions[FIRST_EXPANSION - action]) {
                    text.emit(e, position);
                }
            }
        }
    }

    /** The same in the order the steps are defined, for text whose marks change places before accents are dropped. */
    private void stepByStep(NormalizedText text) {
        int[] points = text.codePoints();
        int[] positions = text.positions();
        int length = text.length();
        text.rewrite();
        for (int i = 0; i < length; i++) {
            int action = actions.get(points[i]);
            if (action == ' ') {
                text.emit(' ', positions[i]);
            } else if (action == CHINESE || isSpacedExpansion(action)) {
                text.emit(' ', positions[i]);
                text.emit(points[i], positions[i]);
                text.emit(' ', positions[i]);
            } else if (action != DROP || !isCleaned(points[i])) {
                text.emit(points[i], positions[i]);
            }
        }
        text.finish();
        decomposed.apply(text);
        new StripAccents(tables.set("bert-accents")).apply(text);
        if (lowercase) {
            new Lowercase(tables).apply(text);
        }
    }

    private boolean isSpacedExpansion(int action) {
        return action <= FIRST_EXPANSION && expansions[FIRST_EXPANSION - action][0] == ' ';
    }

    private boolean isCleaned(int codePoint) {
        return tables.set("clean-removes").contains(codePoint);
    }
}
