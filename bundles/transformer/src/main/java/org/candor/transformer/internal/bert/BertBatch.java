package org.candor.transformer.internal.bert;

import java.util.Arrays;
import java.util.List;
import org.candor.api.compute.Sequences;
import org.candor.transformer.internal.TokenSequence;

/**
 * Sequences that go through the model together, one after the other, without padding.
 *
 * @param ids token ids of all sequences
 * @param types token types, one for each id
 * @param positions rows of the position table, one for each id
 * @param sequences where each sequence lies
 */
record BertBatch(int[] ids, int[] types, int[] positions, Sequences sequences) {

    /**
     * One sequence, checked against a model's limits.
     *
     * @param ids token ids
     * @param types token types
     * @param positions rows of the position table
     */
    record Sequence(int[] ids, int[] types, int[] positions) {

        /**
         * An input for this model. Tokens whose mask is 0 take no part in the computation; the others keep the positions
         * they have with them.
         *
         * @throws IllegalArgumentException when it is empty or too long, or an id or type is outside its table
         */
        static Sequence of(BertConfiguration configuration, TokenSequence input) {
            int[] ids = input.ids();
            int[] types = input.types();
            int[] mask = input.mask();
            int kept = 0;
            int[] keptIds = new int[ids.length];
            int[] keptTypes = new int[ids.length];
            int[] positions = new int[ids.length];
            boolean fromPadding = configuration.family().countsFromPadding();
            int counted = configuration.padding();
            for (int i = 0; i < ids.length; i++) {
                check("id", ids[i], configuration.vocabulary());
                int position = i;
                if (fromPadding) {
                    position = ids[i] == configuration.padding() ? configuration.padding() : ++counted;
                }
                if (mask != null && mask[i] == 0) {
                    continue;
                }
                if (position >= configuration.positions()) {
                    throw new IllegalArgumentException("a sequence of " + ids.length
                            + " tokens is too long; the model takes at most " + configuration.maxTokens());
                }
                keptIds[kept] = ids[i];
                keptTypes[kept] = types == null ? 0 : types[i];
                positions[kept++] = position;
                if (configuration.types() > 0) {
                    check("token type", keptTypes[kept - 1], configuration.types());
                }
            }
            if (kept == 0) {
                throw new IllegalArgumentException("a sequence needs at least one token");
            }
            return new Sequence(trim(keptIds, kept), trim(keptTypes, kept), trim(positions, kept));
        }

        int length() {
            return ids.length;
        }

        private static int[] trim(int[] values, int length) {
            return values.length == length ? values : Arrays.copyOf(values, length);
        }

        private static void check(String what, int value, int limit) {
            if (value < 0 || value >= limit) {
                throw new IllegalArgumentException(what + " " + value + " is outside the model's table of " + limit);
            }
        }
    }

    /** These sequences as one batch. */
    static BertBatch of(List<Sequence> sequences) {
        int[] lengths = new int[sequences.size()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = sequences.get(i).length();
        }
        Sequences layout = Sequences.ofLengths(lengths);
        int[] ids = new int[layout.tokens()];
        int[] types = new int[layout.tokens()];
        int[] positions = new int[layout.tokens()];
        for (int i = 0; i < lengths.length; i++) {
            Sequence sequence = sequences.get(i);
            System.arraycopy(sequence.ids, 0, ids, layout.start(i), lengths[i]);
            System.arraycopy(sequence.types, 0, types, layout.start(i), lengths[i]);
            System.arraycopy(sequence.positions, 0, positions, layout.start(i), lengths[i]);
        }
        return new BertBatch(ids, types, positions, layout);
    }

    /** Tokens of all sequences. */
    int tokens() {
        return ids.length;
    }
}
