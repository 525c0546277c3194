package org.candor.generation.internal.sampling;

/**
 * Philox4x32-10, a random generator without state: a number is a function of key and counter. Salmon et al., "Parallel
 * Random Numbers: As Easy as 1, 2, 3" (SC 2011), section 3.3. So a draw depends on seed, choice and position only: not on
 * the batch, nor on whether a text was interrupted and read again.
 */
final class Philox {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final long WORD = 0xFFFFFFFFL;

    private Philox() {}

    /**
     * A uniform number of 52 bits, above 0 and below 1: the middle of one of 2^52 equal parts, so its logarithm is finite.
     *
     * @param seed the key
     * @param position first word of the counter
     * @param choice second word
     * @param lane third word
     */
    static double uniform(long seed, int position, int choice, int lane) {
        long bits = block(seed, position, choice, lane, 0, 0);
        return ((bits >>> 12) + 0.5) * 0x1p-52;
    }

    /** Words 2 {@code half} (low) and 2 {@code half} + 1 (high) of the block. */
    static long block(long key, int c0, int c1, int c2, int c3, int half) {
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & WORD);
            long product1 = MULTIPLIER_1 * (c2 & WORD);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return half == 0 ? (c0 & WORD) | (long) c1 << 32 : (c2 & WORD) | (long) c3 << 32;
    }
}
