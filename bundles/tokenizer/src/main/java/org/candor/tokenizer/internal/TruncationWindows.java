package org.candor.tokenizer.internal;

import java.util.Arrays;
import org.candor.api.tokenize.Truncation;
import org.candor.api.tokenize.Truncation.Direction;

/** Where truncation cuts: bounds (from, to) of what is kept, then of each overflowing window. */
final class TruncationWindows {
    private TruncationWindows() {}

    /**
     * Windows for one or two texts.
     *
     * @param lengths tokens of each text
     * @param truncation or null for none
     * @param specialTokens tokens that will be added
     * @param specialTokensOfOne tokens that would be added to one text
     * @throws IllegalArgumentException when there is no room
     */
    static int[][] of(int[] lengths, Truncation truncation, int specialTokens, int specialTokensOfOne) {
        int[][] windows = new int[lengths.length][];
        for (int i = 0; i < lengths.length; i++) {
            windows[i] = new int[] {0, lengths[i]};
        }
        if (truncation == null) {
            return windows;
        }
        int room = truncation.maxLength() - specialTokens;
        if (room < 0) {
            throw new IllegalArgumentException("maxLength " + truncation.maxLength() + " leaves no room for the "
                    + specialTokens + " special tokens: allow at least " + specialTokens);
        }
        long total = Arrays.stream(lengths).asLongStream().sum();
        if (total <= room) {
            return windows;
        }
        if (truncation.stride() > Math.max(0, truncation.maxLength() - specialTokensOfOne)) {
            throw strideTooLarge(truncation, truncation.maxLength() - specialTokensOfOne);
        }
        int[] targets = lengths.clone();
        if (room == 0) {
            Arrays.fill(targets, 0);
        } else {
            share(lengths, truncation, room, (int) (total - room), targets);
        }
        for (int i = 0; i < lengths.length; i++) {
            windows[i] = cut(lengths[i], targets[i], truncation);
        }
        return windows;
    }

    private static IllegalArgumentException strideTooLarge(Truncation truncation, int left) {
        return new IllegalArgumentException("stride " + truncation.stride() + " must be at least 0 and less than the "
                + left + " tokens that are left of maxLength " + truncation.maxLength());
    }

    private static void share(int[] lengths, Truncation truncation, int room, int excess, int[] targets) {
        switch (truncation.strategy()) {
            case LONGEST_FIRST -> {
                if (lengths.length == 1) {
                    targets[0] = room;
                    return;
                }
                int shorter = Math.min(lengths[0], lengths[1]);
                int longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
                if ((long) shorter + longer > room) {
                    shorter = room / 2;
                    longer = shorter + room % 2;
                }
                boolean secondIsLonger = lengths[0] <= lengths[1];
                targets[0] = secondIsLonger ? shorter : longer;
                targets[1] = secondIsLonger ? longer : shorter;
            }
            case ONLY_FIRST, ONLY_SECOND -> {
                int index = truncation.strategy() == Truncation.Strategy.ONLY_FIRST ? 0 : 1;
                if (index == lengths.length) {
                    throw new IllegalArgumentException(
                            "strategy ONLY_SECOND needs a second text: give a pair or use LONGEST_FIRST");
                }
                if (lengths[index] <= excess) {
                    throw new IllegalArgumentException("strategy " + truncation.strategy() + " cannot cut " + excess
                            + " tokens from a text of " + lengths[index] + ": use LONGEST_FIRST or a larger maxLength");
                }
                targets[index] = lengths[index] - excess;
            }
        }
    }

    private static int[] cut(int length, int target, Truncation truncation) {
        if (target >= length) {
            return new int[] {0, length};
        }
        if (target == 0) {
            return new int[] {0, 0, 0, length};
        }
        if (truncation.stride() < 0 || truncation.stride() >= target) {
            throw strideTooLarge(truncation, target);
        }
        int step = target - truncation.stride();
        int count = 1 + (length - target + step - 1) / step;
        int[] bounds = new int[2 * count];
        for (int i = 0; i < count; i++) {
            if (truncation.direction() == Direction.RIGHT) {
                bounds[2 * i] = i * step;
                bounds[2 * i + 1] = Math.min(length, i * step + target);
            } else {
                bounds[2 * i] = Math.max(0, length - i * step - target);
                bounds[2 * i + 1] = length - i * step;
            }
        }
        return bounds;
    }
}
