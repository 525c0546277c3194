package org.candor.api.compute;

import java.util.Arrays;

/**
 * Where the sequences of a batch lie in a (tokens, columns) tensor: sequence i is the rows [start(i), start(i + 1)).
 * There is no padding, so no work is done on it. Immutable.
 */
public final class Sequences {

    private final int[] starts;

    private Sequences(int[] starts) {
        this.starts = starts;
    }

    /**
     * Sequences of these lengths, one after the other.
     *
     * @throws IllegalArgumentException when there is none or one of them is empty
     */
    public static Sequences ofLengths(int... lengths) {
        if (lengths.length == 0) {
            throw new IllegalArgumentException("a batch needs at least one sequence");
        }
        int[] starts = new int[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] <= 0) {
                throw new IllegalArgumentException(
                        "sequence " + i + " has length " + lengths[i] + ", at least 1 is needed");
            }
            starts[i + 1] = Math.addExact(starts[i], lengths[i]);
        }
        return new Sequences(starts);
    }

    /** Number of sequences. */
    public int count() {
        return starts.length - 1;
    }

    /** First row of sequence i; {@code start(count())} is the number of tokens. */
    public int start(int i) {
        return starts[i];
    }

    /** Tokens of sequence i. */
    public int length(int i) {
        return starts[i + 1] - starts[i];
    }

    /** Tokens of all sequences. */
    public int tokens() {
        return starts[starts.length - 1];
    }

    /** Tokens of the longest sequence. */
    public int longest() {
        int longest = 0;
        for (int i = 0; i < count(); i++) {
            longest = Math.max(longest, length(i));
        }
        return longest;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sequences that && Arrays.equals(starts, that.starts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(starts);
    }

    @Override
    public String toString() {
        return "Sequences" + Arrays.toString(starts);
    }
}
