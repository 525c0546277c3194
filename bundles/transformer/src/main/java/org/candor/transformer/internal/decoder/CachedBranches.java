package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.candor.transformer.internal.decoder.DecoderModel.Part;
import org.candor.transformer.internal.generate.Branches;

/** Branches of a text in a key-value cache: they share the blocks of what they have in common. Used by one thread. */
final class CachedBranches implements Branches {

    private record Branch(CachedSequence sequence, int[] tokens) {}

    private final DecoderModel model;
    private final KeyValueCache cache;
    private final CachedSequence encoded;
    private final int[] prompt;
    private List<Branch> branches = new ArrayList<>();

    /**
     * A text that begins with a prompt, or, after an encoded text, with the model's start token.
     *
     * @param cache of the decoder
     * @param encoded what the encoder read, or null; not closed here
     */
    CachedBranches(DecoderModel model, KeyValueCache cache, int[] prompt, CachedSequence encoded) {
        this.model = model;
        this.cache = cache;
        this.prompt = prompt.clone();
        this.encoded = encoded;
    }

    @Override
    public float[] first() {
        branches.add(new Branch(cache.open(), prompt));
        return scores()[0];
    }

    @Override
    public float[][] advance(int[] parents, int[] tokens) {
        List<Branch> next = new ArrayList<>();
        for (int i = 0; i < parents.length; i++) {
            Branch parent = branches.get(parents[i]);
            int[] followed = Arrays.copyOf(parent.tokens, parent.tokens.length + 1);
            followed[parent.tokens.length] = tokens[i];
            next.add(new Branch(parent.sequence.fork(), followed));
        }
        close();
        branches = next;
        return scores();
    }

    /** Reads what no cache holds yet: the last token, or all of them when the text has outgrown its rotary embedding. */
    private float[][] scores() {
        int vocabulary = model.configuration().vocabulary();
        float[] logits = new float[branches.size() * vocabulary];
        List<Part> parts = new ArrayList<>();
        for (Branch branch : branches) {
            CachedSequence sequence = branch.sequence;
            if (model.stale(sequence, branch.tokens.length)) {
                sequence.truncate(0);
            }
            int[] unread = Arrays.copyOfRange(branch.tokens, sequence.length(), branch.tokens.length);
            parts.add(Part.of(sequence, unread).after(encoded));
        }
        model.forward(parts, logits, Stack.Observer.NONE);
        float[][] rows = new float[branches.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
        }
        return rows;
    }

    /** Gives the blocks back. */
    @Override
    public void close() {
        branches.forEach(branch -> branch.sequence.close());
        branches = new ArrayList<>();
    }
}
