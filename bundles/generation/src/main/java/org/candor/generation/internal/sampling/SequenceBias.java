package org.candor.generation.internal.sampling;

import java.util.Arrays;
import java.util.List;

/**
 * Added to the score of the last of some ids when the text ends with all the others; with one id, always.
 *
 * @param ids at least one
 * @param bias finite, or minus infinity, which bans the last id there
 */
public record SequenceBias(List<Integer> ids, double bias) {

    public SequenceBias {
        ids = List.copyOf(ids);
        if (ids.isEmpty()) {
            throw Allowed.refused("sequence_bias", ids, "lists of at least one token id");
        }
        for (int id : ids) {
            Allowed.token("sequence_bias", id);
        }
        if (Double.isNaN(bias) || bias == Double.POSITIVE_INFINITY) {
            throw Allowed.refused("sequence_bias", bias, "finite numbers and minus infinity");
        }
    }

    static SequenceBias ban(int... ids) {
        return new SequenceBias(Arrays.stream(ids).boxed().toList(), Double.NEGATIVE_INFINITY);
    }
}
