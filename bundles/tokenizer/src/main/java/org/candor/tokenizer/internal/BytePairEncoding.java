package org.candor.tokenizer.internal;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.PriorityQueue;

/**
 * Byte-pair encoding (Sennrich et al., 2016): the characters of a piece, then the best-ranked neighbours merged until none is
 * left; the leftmost first among equals. Time is n log n in the length of a piece.
 */
final class BytePairEncoding implements Model {

    /**
     * Switches of the model.
     *
     * @param unknown id for characters without a token, or -1 to leave them out
     * @param prefix before tokens that do not begin a word, may be empty
     * @param suffix after tokens that end a word, may be empty
     * @param fuseUnknown one token for a run of unknown characters
     * @param byteFallback tokens of the UTF-8 bytes where a character has none
     * @param wholeFirst a piece that is a token is taken as it is
     */
    record Switches(
            int unknown, String prefix, String suffix, boolean fuseUnknown, boolean byteFallback, boolean wholeFirst) {}

    private final Vocabulary vocabulary;
    private final MergeTable merges;
    private final Switches switches;
    private final CodePointTrie trie;
    private final int continuing;
    private final int[] byteTokens = new int[256];

    BytePairEncoding(Vocabulary vocabulary, MergeTable merges, Switches switches) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.switches = switches;
        this.trie = vocabulary.trie();
        this.continuing = trie.find(CodePointTrie.ROOT, switches.prefix());
        Arrays.setAll(
                byteTokens, b -> vocabulary.id(String.format("<0x%02X>", b)).orElse(-1));
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void encode(NormalizedText text, int from, int to, int word, TokenBuffer tokens) {
        if (switches.wholeFirst()) {
            OptionalInt whole = vocabulary.id(text.text(from, to));
            if (whole.isPresent()) {
                int id = whole.getAsInt();
                tokens.add(id, vocabulary.token(id), text.originalStart(from), text.originalEnd(to), word);
                return;
            }
        }
        Symbols symbols = new Symbols(to - from);
        characters(text.codePoints(), from, to, symbols);
        merge(symbols);
        emit(text, from, to, symbols, word, tokens);
    }

    private void characters(int[] points, int from, int to, Symbols symbols) {
        int unknownBytes = 0;
        for (int i = from; i < to; i++) {
            int c = points[i];
            int id = character(c, i > from, i == to - 1);
            if (id < 0 && switches.byteFallback() && bytes(c, i > from, i == to - 1, symbols)) {
                continue;
            }
            if (id < 0 && switches.unknown() < 0) {
                continue;
            }
            if (unknownBytes > 0 && (id >= 0 || !switches.fuseUnknown())) {
                symbols.add(switches.unknown(), unknownBytes);
                unknownBytes = 0;
            }
            if (id >= 0) {
                symbols.add(id, byteLength(c));
            } else {
                unknownBytes += byteLength(c);
            }
        }
        if (unknownBytes > 0) {
            symbols.add(switches.unknown(), unknownBytes);
        }
    }

    private int character(int c, boolean continues, boolean ends) {
        int node = continues ? continuing : CodePointTrie.ROOT;
        node = node == CodePointTrie.NONE ? node : trie.child(node, c);
        node = node == CodePointTrie.NONE || !ends ? node : trie.find(node, switches.suffix());
        return node == CodePointTrie.NONE ? -1 : trie.value(node);
    }

    /** Adds the tokens of the bytes, all or none. */
    private boolean bytes(int c, boolean continues, boolean ends, Symbols symbols) {
        String text = (continues ? switches.prefix() : "") + Character.toString(c) + (ends ? switches.suffix() : "");
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (byte b : bytes) {
            if (byteTokens[b & 0xFF] < 0) {
                return false;
            }
        }
        for (byte b : bytes) {
            symbols.add(byteTokens[b & 0xFF], 1);
        }
        return true;
    }

    private void merge(Symbols symbols) {
        // Rank in the upper half, position in the lower.
        PriorityQueue<Long> queue = new PriorityQueue<>();
        for (int i = 0; i + 1 < symbols.length; i++) {
            offer(queue, symbols, i, i + 1);
        }
        while (!queue.isEmpty()) {
            long best = queue.poll();
            int at = (int) best;
            int merged = merges.merged((int) (best >>> 32));
            int right = symbols.next[at];
            if (symbols.bytes[at] == 0 || right < 0) {
                continue;
            }
            int rank = merges.rank(symbols.id[at], symbols.id[right]);
            if (rank == MergeTable.NONE || merges.merged(rank) != merged) {
                continue;
            }
            symbols.join(at, right, merged);
            if (symbols.previous[at] >= 0) {
                offer(queue, symbols, symbols.previous[at], at);
            }
            if (symbols.next[at] >= 0) {
                offer(queue, symbols, at, symbols.next[at]);
            }
        }
    }

    private void offer(PriorityQueue<Long> queue, Symbols symbols, int left, int right) {
        int rank = merges.rank(symbols.id[left], symbols.id[right]);
        if (rank != MergeTable.NONE) {
            queue.add((long) rank << 32 | left);
        }
    }

    /** Lengths are in UTF-8 bytes: a token of a part of a character covers the whole character. */
    private void emit(NormalizedText text, int from, int to, Symbols symbols, int word, TokenBuffer tokens) {
        int[] points = text.codePoints();
        int at = from;
        int atByte = 0;
        int start = 0;
        for (int s = 0; s >= 0 && s < symbols.length; s = symbols.next[s]) {
            int end = start + symbols.bytes[s];
            while (at + 1 < to && start >= atByte + byteLength(points[at])) {
                atByte += byteLength(points[at++]);
            }
            int last = at;
            int lastByte = atByte;
            while (last + 1 < to && end > lastByte + byteLength(points[last])) {
                lastByte += byteLength(points[last++]);
            }
            int id = symbols.id[s];
            tokens.add(id, vocabulary.token(id), text.originalStart(at), text.originalEnd(last + 1), word);
            start = end;
        }
    }

    private static int byteLength(int c) {
        return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }

    /** Tokens of a piece as a linked list. */
    private static final class Symbols {
        int[] id;
        int[] bytes;
        int[] previous;
        int[] next;
        int length;

        Symbols(int capacity) {
            id = new int[capacity];
            bytes = new int[capacity];
            previous = new int[capacity];
            next = new int[capacity];
        }

        void add(int token, int byteCount) {
            if (length == id.length) {
                int capacity = length * 2 + 4;
                id = Arrays.copyOf(id, capacity);
                bytes = Arrays.copyOf(bytes, capacity);
                previous = Arrays.copyOf(previous, capacity);
                next = Arrays.copyOf(next, capacity);
            }
            id[length] = token;
            bytes[length] = byteCount;
            previous[length] = length - 1;
            next[length] = -1;
            if (length > 0) {
                next[length - 1] = length;
            }
            length++;
        }

        void join(int left, int right, int merged) {
            id[left] = merged;
            bytes[left] += bytes[right];
            bytes[right] = 0;
            next[left] = next[right];
            if (next[left] >= 0) {
                previous[next[left]] = left;
            }
        }
    }
}
