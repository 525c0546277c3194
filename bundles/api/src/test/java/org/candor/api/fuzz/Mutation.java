package org.candor.api.fuzz;

import java.util.List;
import java.util.Random;

/** A way to damage an input. Holds no state besides what it was made with. */
@FunctionalInterface
public interface Mutation {

    /** Numbers at the borders of what formats count with. */
    List<Long> BOUNDARIES = List.of(
            0L,
            1L,
            -1L,
            0x7FL,
            0x80L,
            0xFFL,
            0x7FFFL,
            0x8000L,
            0xFFFFL,
            0x1_0000L,
            1L << 20,
            (long) Integer.MAX_VALUE,
            1L << 31,
            0xFFFF_FFFFL,
            1L << 32,
            1L << 40,
            1L << 53,
            (1L << 53) + 1,
            1L << 62,
            Long.MAX_VALUE,
            Long.MIN_VALUE);

    /**
     * @param input stays as it is
     * @param other another input, to take parts of
     * @param random the only source of chance
     * @return a new array
     */
    byte[] apply(byte[] input, byte[] other, Random random);

    /** One to three of these mutations, one after the other, each drawn with the same chance. */
    static Mutation anyOf(Mutation... mutations) {
        return (input, other, random) -> {
            byte[] mutated = input;
            for (int i = random.nextInt(3); i >= 0; i--) {
                mutated = mutations[random.nextInt(mutations.length)].apply(mutated, other, random);
            }
            return mutated;
        };
    }
}
