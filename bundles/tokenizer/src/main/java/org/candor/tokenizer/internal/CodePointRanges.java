package org.candor.tokenizer.internal;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** A set of code points as sorted ranges. Immutable, thread safe. */
final class CodePointRanges {
    private final int[] firsts;
    private final int[] lasts;

    /** @param bounds first and last of each range, ascending */
    CodePointRanges(int[] bounds) {
        firsts = new int[bounds.length / 2];
        lasts = new int[bounds.length / 2];
        for (int i = 0; i < firsts.length; i++) {
            firsts[i] = bounds[2 * i];
            lasts[i] = bounds[2 * i + 1];
        }
    }

    boolean contains(int codePoint) {
        int at = Arrays.binarySearch(firsts, codePoint);
        if (at >= 0) {
            return true;
        }
        int before = -at - 2;
        return before >= 0 && codePoint <= lasts[before];
    }

    java.util.BitSet toBitSet() {
        java.util.BitSet set = new java.util.BitSet();
        for (int i = 0; i < firsts.length; i++) {
            set.set(firsts[i], lasts[i] + 1);
        }
        return set;
    }

    void forEach(IntConsumer action) {
        for (int i = 0; i < firsts.length; i++) {
            for (int c = firsts[i]; c <= lasts[i]; c++) {
                action.accept(c);
            }
        }
    }
}
