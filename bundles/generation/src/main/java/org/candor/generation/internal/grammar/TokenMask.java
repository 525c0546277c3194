package org.candor.generation.internal.grammar;

import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which tokens of a vocabulary may follow. Tokens are walked in the order of their bytes, so that a beginning they share is
 * read once, and tokens behind a beginning that leads nowhere are skipped together. One thread at a time.
 */
public final class TokenMask {
    private static final int REMEMBERED = 64;

    private final byte[][] tokens;
    private final int[] order;
    private final int[] shared;
    private final int[] endTokens;
    private final JsonGrammar.State[] path;
    private final Map<JsonGrammar.State, BitSet> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JsonGrammar.State, BitSet> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * @param vocabulary bytes of each token by id; empty or null for tokens without text, which are never allowed. With a
     *     token for each byte something is always allowed
     * @param endTokens allowed where the text may end, and only there
     */
    public TokenMask(List<byte[]> vocabulary, int[] endTokens) {
        tokens = vocabulary.toArray(byte[][]::new);
        this.endTokens = endTokens.clone();
        BitSet ends = new BitSet();
        Arrays.stream(endTokens).forEach(ends::set);
        order = IntStream.range(0, tokens.length)
                .filter(id -> tokens[id] != null && tokens[id].length > 0 && !ends.get(id))
                .boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(tokens[a], tokens[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        shared = new int[order.length];
        int longest = 0;
        for (int i = 0; i < order.length; i++) {
            byte[] token = tokens[order[i]];
            longest = Math.max(longest, token.length);
            if (i > 0) {
                int mismatch = Arrays.mismatch(tokens[order[i - 1]], token);
                shared[i] = mismatch < 0 ? token.length : mismatch;
            }
        }
        path = new JsonGrammar.State[longest + 1];
    }

    /** The tokens after which the text can still be completed. The result is remembered: not to be changed. */
    public BitSet allowed(JsonGrammar.State state) {
        BitSet known = remembered.get(state);
        if (known == null) {
            known = walk(state);
            remembered.put(state, known);
        }
        return known;
    }

    /** @return the state after a token, or null when it was not allowed */
    public JsonGrammar.State after(JsonGrammar.State state, int token) {
        JsonGrammar.State next = state;
        if (tokens[token] == null || tokens[token].length == 0) {
            return null;
        }
        for (byte b : tokens[token]) {
            next = next == null ? null : next.next(b);
        }
        return next;
    }

    private BitSet walk(JsonGrammar.State state) {
        BitSet allowed = new BitSet(tokens.length);
        path[0] = state;
        int read = 0; // bytes of the token before that have been read to a state
        boolean dead = false; // whether one more byte of it led nowhere
        for (int i = 0; i < order.length; i++) {
            byte[] token = tokens[order[i]];
            if (dead && shared[i] > read) {
                continue;
            }
            read = Math.min(read, shared[i]);
            dead = false;
            while (read < token.length && !dead) {
                JsonGrammar.State next = path[read].next(token[read]);
                if (next == null) {
                    dead = true;
                } else {
                    path[++read] = next;
                }
            }
            if (!dead) {
                allowed.set(order[i]);
            }
        }
        if (state.complete()) {
            Arrays.stream(endTokens).forEach(allowed::set);
        }
        Arrays.fill(path, null);
        return allowed;
    }
}
