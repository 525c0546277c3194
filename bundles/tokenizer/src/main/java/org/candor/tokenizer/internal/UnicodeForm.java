package org.candor.tokenizer.internal;

import java.util.Arrays;

/** Unicode normal forms C, D, KC and KD by the tables of {@link UnicodeTables} (UAX 15, with Unicode 12's characters). */
record UnicodeForm(UnicodeTables tables, CodePointTable restless, boolean compatibility, boolean composed)
        implements Normalizer {

    static UnicodeForm of(UnicodeTables tables, boolean compatibility, boolean composed) {
        return new UnicodeForm(tables, restless(tables, compatibility, composed), compatibility, composed);
    }

    /** Marks what can change or take part in a change: text without such characters is in this form already. */
    private static CodePointTable restless(UnicodeTables tables, boolean compatibility, boolean composed) {
        CodePointTable.Builder table = new CodePointTable.Builder();
        tables.mapping("combining-class").keySet().forEach(c -> table.set(c, 1));
        tables.mapping("canonical").forEach((c, parts) -> {
            if (!composed || !recomposes(tables, c, parts)) {
                table.set(c, 1);
            }
        });
        if (compatibility) {
            tables.mapping("compatibility").keySet().forEach(c -> table.set(c, 1));
        }
        if (composed) {
            tables.compositionSeconds().forEach(c -> table.set(c, 1));
        } else {
            for (int c = UnicodeTables.HANGUL_FIRST; UnicodeTables.isHangulSyllable(c); c++) {
                table.set(c, 1);
            }
        }
        return table.build();
    }

    private static boolean recomposes(UnicodeTables tables, int codePoint, int[] parts) {
        int whole = parts[0];
        for (int i = 1; i < parts.length; i++) {
            whole = tables.composition(whole, parts[i]);
            if (whole < 0) {
                return false;
            }
        }
        return whole == codePoint;
    }

    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (points[i] >= 0xA0 && restless.get(points[i]) != 0) {
                normalize(text);
                return;
            }
        }
    }

    private void normalize(NormalizedText text) {
        Changes changes = new Changes(text.length() + 16);
        decompose(text, changes);
        if (composed) {
            compose(changes);
        }
        int[] positions = text.positions();
        int next = 0;
        text.rewrite();
        for (int i = 0; i < changes.length; i++) {
            int change = changes.change[i];
            if (change > 0) {
                text.emit(changes.codePoint[i], next == 0 ? -1 : positions[next - 1]);
            } else {
                text.emit(changes.codePoint[i], positions[Math.min(next, positions.length - 1)]);
                next += 1 - change;
            }
        }
        text.finish();
    }

    private void decompose(NormalizedText text, Changes changes) {
        int[] points = text.codePoints();
        int length = text.length();
        int marks = 0;
        for (int i = 0; i < length; i++) {
            int[] parts = tables.decomposition(points[i], compatibility);
            int count = parts == null ? 1 : parts.length;
            for (int p = 0; p < count; p++) {
                int c = parts == null ? points[i] : parts[p];
                if (tables.combiningClass(c) == 0) {
                    sort(changes, marks);
                    changes.add(c, p == 0 ? 0 : 1);
                    marks = changes.length;
                } else {
                    changes.add(c, p == 0 ? 0 : 1);
                }
            }
        }
        sort(changes, marks);
    }

    /** Puts the marks from here to the end into canonical order, stable. */
    private void sort(Changes changes, int from) {
        int count = changes.length - from;
        if (count < 2) {
            return;
        }
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = (long) tables.combiningClass(changes.codePoint[from + i]) << 32 | i;
        }
        Arrays.sort(keys);
        int[] points = Arrays.copyOfRange(changes.codePoint, from, changes.length);
        int[] change = Arrays.copyOfRange(changes.change, from, changes.length);
        for (int i = 0; i < count; i++) {
            changes.codePoint[from + i] = points[(int) keys[i]];
            changes.change[from + i] = change[(int) keys[i]];
        }
    }

    /** Composes in place; a composite takes the place of all its parts. */
    private void compose(Changes changes) {
        int starter = -1;
        int lastClass = 0;
        int out = 0;
        for (int i = 0; i < changes.length; i++) {
            int c = changes.codePoint[i];
            int change = changes.change[i];
            int combining = tables.combiningClass(c);
            if (starter >= 0 && (out == starter + 1 || lastClass != 0 && lastClass < combining)) {
                int whole = tables.composition(changes.codePoint[starter], c);
                if (whole >= 0) {
                    changes.codePoint[starter] = whole;
                    changes.change[starter] += change - 1;
                    continue;
                }
            }
            if (combining == 0) {
                starter = out;
                lastClass = 0;
            } else {
                lastClass = combining;
            }
            changes.codePoint[out] = c;
            changes.change[out++] = change;
        }
        changes.length = out;
    }

    /** Characters, each with 0 when it replaces the next old one, 1 when it is new, -n when it replaces n more. */
    private static final class Changes {
        int[] codePoint;
        int[] change;
        int length;

        Changes(int capacity) {
            codePoint = new int[capacity];
            change = new int[capacity];
        }

        void add(int c, int by) {
            if (length == codePoint.length) {
                codePoint = Arrays.copyOf(codePoint, length * 2);
                change = Arrays.copyOf(change, length * 2);
            }
            codePoint[length] = c;
            change[length++] = by;
        }
    }
}
