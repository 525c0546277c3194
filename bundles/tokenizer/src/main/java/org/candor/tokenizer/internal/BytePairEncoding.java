package org.candor.tokenizer.internal;

import java.util.Arrays;

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

    private static final int MARK = 0x2581;

    private final Vocabulary vocabulary;
    private final MergeTable merges;
    private final Switches switches;
    private final CodePointTrie trie;
    private final int continuing;
    private final int[] byteTokens = new int[256];
    /** Tokens of bytes written as characters, where pieces come as plain text; null otherwise. */
    private final int[] alphabet;
    /** Whether no token goes on across the mark for a blank: then what is between marks can be encoded by itself. */
    private final boolean partsAtMark;

    private final int longest;
    private final WordCache cache = new WordCache();

    BytePairEncoding(Vocabulary vocabulary, MergeTable merges, Switches switches) {
        this(vocabulary, merges, switches, false);
    }

    private BytePairEncoding(Vocabulary vocabulary, MergeTable merges, Switches switches, boolean bytes) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.switches = switches;
        this.trie = vocabulary.trie();
        this.continuing = trie.find(CodePointTrie.ROOT, switches.prefix());
        Arrays.setAll(
                byteTokens, b -> vocabulary.id(String.format("<0x%02X>", b)).orElse(-1));
        this.alphabet = bytes ? alphabet() : null;
        this.longest = vocabulary.longest();
        boolean plain = switches.prefix().isEmpty() && switches.suffix().isEmpty() && !switches.wholeFirst();
        this.partsAtMark = plain
                && !bytes
                && vocabulary.id(Character.toString(MARK)).isPresent()
                && vocabulary.tokens().noneMatch(BytePairEncoding::crossesMark);
    }

    private int[] alphabet() {
        int[] ids = new int[256];
        Arrays.setAll(ids, b -> vocabulary
                .id(Character.toString(ByteAlphabet.character(b)))
                .orElse(-1));
        return ids;
    }

    /** Whether a mark follows something else. */
    private static boolean crossesMark(String token) {
        int at = 0;
        while (at < token.length() && token.charAt(at) == MARK) {
            at++;
        }
        return token.indexOf(MARK, at) >= 0;
    }

    /**
     * The same model for pieces whose bytes are not yet written as characters, or null where that would differ: when a byte has
     * no token.
     */
    BytePairEncoding ofBytes() {
        boolean plain = switches.prefix().isEmpty() && switches.suffix().isEmpty();
        return plain && Arrays.stream(alphabet()).allMatch(id -> id >= 0)
                ? new BytePairEncoding(vocabulary, merges, switches, true)
                : null;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void encode(NormalizedText text, int from, int to, int word, TokenBuffer tokens) {
        if (cache.emit(vocabulary, text, from, to, word, tokens)) {
            return;
        }
        if (!partsAtMark) {
            part(text, from, to, word, tokens);
            return;
        }
        int[] points = text.codePoints();
        int start = from;
        for (int at = from + 1; at < to; at++) {
            if (points[at] == MARK && points[at - 1] != MARK) {
                if (!cache.emit(vocabulary, text, start, at, word, tokens)) {
                    part(text, start, at, word, tokens);
                }
                start = at;
            }
        }
        if (start == from || !cache.emit(vocabulary, text, start, to, word, tokens)) {
            part(text, start, to, word, tokens);
        }
    }

    private void part(NormalizedText text, int from, int to, int word, TokenBuffer tokens) {
        WordTokens found = tokens(text.codePoints(), from, to);
        cache.put(text, from, to, found);
        for (int i = 0; i < found.count(); i++) {
            int id = found.id(i);
            tokens.add(
                    id,
                    vocabulary.token(id),
                    text.originalStart(from + found.start(i)),
                    text.originalEnd(from + found.end(i)),
                    word);
        }
    }

    private WordTokens tokens(int[] points, int from, int to) {
        if (switches.wholeFirst() && to - from <= longest) {
            int whole = vocabulary.id(spelled(points, from, to)).orElse(-1);
            if (whole >= 0) {
                WordTokens found = new WordTokens(1);
                found.add(whole, 0, to - from);
                return found;
            }
        }
        MergeSymbols symbols = new MergeSymbols((to - from) * (alphabet == null ? 1 : 3));
        if (alphabet == null) {
            characters(points, from, to, symbols);
        } else {
            for (int i = from; i < to; i++) {
                int length = ByteAlphabet.length(points[i]);
                for (int b = 0; b < length; b++) {
                    symbols.add(alphabet[ByteAlphabet.utf8(points[i], length, b)], 1);
                }
            }
        }
        symbols.merge(merges);
        return spans(points, from, to, symbols);
    }

    private String spelled(int[] points, int from, int to) {
        if (alphabet == null) {
            return new String(points, from, to - from);
        }
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            int length = ByteAlphabet.length(points[i]);
            for (int b = 0; b < length; b++) {
                text.append((char) ByteAlphabet.character(ByteAlphabet.utf8(points[i], length, b)));
            }
        }
        return text.toString();
    }

    private void characters(int[] points, int from, int to, MergeSymbols symbols) {
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
                symbols.add(id, ByteAlphabet.length(c));
            } else {
                unknownBytes += ByteAlphabet.length(c);
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
    private boolean bytes(int c, boolean continues, boolean ends, MergeSymbols symbols) {
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

    /** Lengths are in UTF-8 bytes: a token of a part of a character covers the whole character. */
    private static WordTokens spans(int[] points, int from, int to, MergeSymbols symbols) {
        WordTokens found = new WordTokens(8);
        int at = from;
        int atByte = 0;
        int start = 0;
        for (int s = symbols.first(); s >= 0; s = symbols.next(s)) {
            int end = start + symbols.bytes(s);
            while (at + 1 < to && start >= atByte + ByteAlphabet.length(points[at])) {
                atByte += ByteAlphabet.length(points[at++]);
            }
            int last = at;
            int lastByte = atByte;
            while (last + 1 < to && end > lastByte + ByteAlphabet.length(points[last])) {
                lastByte += ByteAlphabet.length(points[last++]);
            }
            found.add(symbols.id(s), at - from, last + 1 - from);
            start = end;
        }
        return found;
    }
}
