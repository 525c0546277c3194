package org.candor.tokenizer.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * SentencePiece's compiled rules: a double-array trie over UTF-8 bytes (the format of darts-clone) and the texts that its
 * values point to. As in the library, a grapheme cluster of at most five bytes is replaced as a whole by what its shortest
 * beginning in the trie stands for; otherwise each character by itself.
 */
final class Precompiled implements Normalizer {
    private static final int MAX_WHOLE = 5;
    private static final int EXTENDS = 1;
    private static final int CONTROL = 2;
    private static final int PREPENDS = 4;

    private final int[] units;
    /** Replacement texts by where they begin in the blob. */
    private final Map<Integer, int[]> texts = new HashMap<>();

    private final CodePointTable joints;
    /** For ASCII characters alone: 1 when a rule begins with them. */
    private final boolean[] asciiRule = new boolean[128];

    /**
     * @param charsmap length of the trie in bytes, the trie, texts that end in NUL; little endian
     * @throws IllegalArgumentException when it is damaged
     */
    Precompiled(byte[] charsmap, UnicodeTables tables) {
        ByteBuffer buffer = ByteBuffer.wrap(charsmap).order(ByteOrder.LITTLE_ENDIAN);
        if (charsmap.length < 4) {
            throw new IllegalArgumentException("it has " + charsmap.length + " bytes, at least 4 are needed");
        }
        long bytes = buffer.getInt() & 0xFFFFFFFFL;
        if (bytes == 0 || bytes % 4 != 0 || bytes > buffer.remaining()) {
            throw new IllegalArgumentException(
                    "its trie has " + bytes + " bytes, " + buffer.remaining() + " follow, a multiple of 4 is needed");
        }
        units = new int[(int) bytes / 4];
        for (int i = 0; i < units.length; i++) {
            units[i] = buffer.getInt();
        }
        byte[] blob = new byte[buffer.remaining()];
        buffer.get(blob);
        for (int unit : units) {
            if (unit < 0) {
                texts.computeIfAbsent(unit & Integer.MAX_VALUE, at -> textAt(blob, at));
            }
        }
        joints = new CodePointTable.Builder()
                .mark(tables.set("grapheme-extends"), EXTENDS)
                .mark(tables.set("grapheme-controls"), CONTROL)
                .mark(tables.set("grapheme-prepends"), PREPENDS)
                .set(0, CONTROL)
                .build();
        for (int c = 1; c < 128; c++) {
            asciiRule[c] = rule(new int[] {c}, 0, 1) != null;
        }
    }

    private static int[] textAt(byte[] blob, int at) {
        int end = at;
        while (end < blob.length && blob[end] != 0) {
            end++;
        }
        if (at > blob.length) {
            // A trie may have values that no key leads to; a key that does is refused when it is met.
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(blob, at, end - at))
                    .toString()
                    .codePoints()
                    .toArray();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Override
    public void apply(NormalizedText text) {
        int[] points = text.codePoints();
        int length = text.length();
        int at = 0;
        while (at < length && points[at] < 128 && points[at] > 0 && !asciiRule[points[at]]) {
            at++;
        }
        if (at == length) {
            return;
        }
        new Rewriting(text).run();
    }

    /** The replacement for a stretch, or null. */
    private int[] rule(int[] points, int from, int to) {
        int node = offset(units[0]);
        for (int i = from; i < to; i++) {
            int c = points[i];
            int length = ByteAlphabet.length(c);
            for (int b = 0; b < length; b++) {
                int value = ByteAlphabet.utf8(c, length, b);
                node ^= value;
                if (value == 0 || node >= units.length) {
                    return null;
                }
                int unit = units[node];
                if ((unit & 0x800000FF) != value) {
                    return null;
                }
                node ^= offset(unit);
                if ((unit & 0x100) != 0) {
                    return node < units.length && node >= 0 ? texts.get(units[node] & Integer.MAX_VALUE) : null;
                }
            }
        }
        return null;
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & 0x200) >>> 6);
    }

    /** Whether the character belongs to the cluster of the one before. */
    private boolean joins(int before, int c) {
        if (before == '\r' && c == '\n') {
            return true;
        }
        if (before < 0x300 && c < 0x300) {
            return false;
        }
        int left = joints.get(before);
        int right = joints.get(c);
        return (left & CONTROL) == 0 && (right & CONTROL) == 0 && ((right & EXTENDS) != 0 || (left & PREPENDS) != 0);
    }

    /** One text on its way. */
    private final class Rewriting {
        private final NormalizedText text;
        private final int[] points;
        private final int[] positions;
        private final int length;
        /** The old character whose place is next; the library counts, and miscounts when a text begins with what is dropped. */
        private int place;

        Rewriting(NormalizedText text) {
            this.text = text;
            this.points = text.codePoints();
            this.positions = text.positions();
            this.length = text.length();
        }

        void run() {
            text.rewrite();
            for (int at = 0; at < length; ) {
                int c = points[at];
                int end = at + 1;
                if (end < length && joins(c, points[end])) {
                    int bytes = ByteAlphabet.length(c);
                    while (end < length && joins(points[end - 1], points[end])) {
                        bytes += ByteAlphabet.length(points[end++]);
                        if (bytes > MAX_WHOLE) {
                            break;
                        }
                    }
                    int[] whole = bytes > MAX_WHOLE ? null : rule(points, at, end);
                    if (whole != null) {
                        replace(end - at, whole);
                        at = end;
                        continue;
                    }
                    if (bytes > MAX_WHOLE) {
                        while (end < length && joins(points[end - 1], points[end])) {
                            end++;
                        }
                    }
                }
                for (; at < end; at++) {
                    int[] single = points[at] < 128 && !asciiRule[points[at]] ? null : rule(points, at, at + 1);
                    if (single == null) {
                        text.emit(points[at], position(place++));
                    } else {
                        replace(1, single);
                    }
                }
            }
            text.finish();
        }

        private int position(int at) {
            return positions[Math.min(at, length - 1)];
        }

        private void replace(int count, int[] replacement) {
            int kept = Math.min(count, replacement.length);
            for (int i = 0; i < replacement.length; i++) {
                text.emit(
                        replacement[i],
                        i < kept ? position(place++) : place == 0 ? ~positions[0] : position(place - 1));
            }
            // What is dropped belongs to the character before; without one it is not counted.
            if (count > kept && text.written() > 0) {
                place += count - kept;
            }
        }
    }
}
