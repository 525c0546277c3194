package org.candor.tokenizer.internal;

import java.util.Arrays;

/**
 * Normalised text and the stretches of it that the model sees one by one. A pre-tokenizer replaces the stretches by finer ones,
 * between {@link #resplit} and {@link #finish}. Mutable, one thread.
 */
final class Pieces {
    private final NormalizedText normalized;
    /** What pre-tokenizers that change the text write; the normalised text itself is still being read. */
    private final NormalizedText rewritten = new NormalizedText(0);

    private NormalizedText text;
    private int[] bounds = new int[128];
    private int count;
    private int[] spare = new int[128];
    private int added;

    Pieces(NormalizedText text) {
        this.normalized = text;
        this.text = text;
    }

    /** The text that the stretches are of. */
    NormalizedText text() {
        return text;
    }

    int count() {
        return count;
    }

    int from(int piece) {
        return bounds[2 * piece];
    }

    int to(int piece) {
        return bounds[2 * piece + 1];
    }

    /** One piece, unless it is empty. */
    void reset(int from, int to) {
        text = normalized;
        count = 0;
        resplit();
        add(from, to);
        finish();
    }

    /** Starts a new list of pieces; the old one stays readable until {@link #finish}. */
    void resplit() {
        added = 0;
    }

    /** Adds a stretch; an empty one is left out. */
    void add(int from, int to) {
        if (from >= to) {
            return;
        }
        if (2 * added == spare.length) {
            spare = Arrays.copyOf(spare, spare.length * 2);
        }
        spare[2 * added] = from;
        spare[2 * added++ + 1] = to;
    }

    /** Starts new pieces of a new text; write it to what is returned, and end with {@link #finishRewrite}. */
    NormalizedText rewrite() {
        resplit();
        rewritten.rewrite();
        return rewritten;
    }

    void finishRewrite() {
        rewritten.finish();
        text = rewritten;
        finish();
    }

    void finish() {
        int[] old = bounds;
        bounds = spare;
        spare = old;
        count = added;
    }
}
