package org.candor.tokenizer.internal;

import java.util.Arrays;
import java.util.List;
import org.candor.api.tokenize.Encoding;

/** The arrays of an encoding while it is put together. */
final class EncodingArrays {
    final int[] ids;
    final int[] typeIds;
    final String[] tokens;
    final int[] starts;
    final int[] ends;
    final int[] attentionMask;
    final int[] specialTokensMask;
    final int[] wordIds;
    final int[] sequenceIds;

    EncodingArrays(int length) {
        ids = new int[length];
        typeIds = new int[length];
        tokens = new String[length];
        starts = new int[length];
        ends = new int[length];
        attentionMask = new int[length];
        specialTokensMask = new int[length];
        wordIds = new int[length];
        sequenceIds = new int[length];
    }

    /** Tokens of a text. */
    void sequence(int at, TokenBuffer source, int from, int to, int typeId, int sequenceId) {
        source.copyTo(from, to, this, at);
        int end = at + to - from;
        Arrays.fill(typeIds, at, end, typeId);
        Arrays.fill(attentionMask, at, end, 1);
        Arrays.fill(sequenceIds, at, end, sequenceId);
    }

    /** A special token or padding. */
    void special(int at, int id, String token, int typeId, int attention) {
        ids[at] = id;
        tokens[at] = token;
        typeIds[at] = typeId;
        attentionMask[at] = attention;
        specialTokensMask[at] = 1;
        wordIds[at] = -1;
        sequenceIds[at] = -1;
    }

    Encoding encoding(List<Encoding> overflowing) {
        return new Encoding(
                ids,
                typeIds,
                tokens,
                starts,
                ends,
                attentionMask,
                specialTokensMask,
                wordIds,
                sequenceIds,
                overflowing);
    }
}
