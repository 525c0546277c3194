package org.candor.tokenizer.internal;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An int for every code point, in blocks of 128 that are shared when equal. Absent entries are 0. Immutable, thread safe. */
public final class CodePointTable {
    private static final int SHIFT = 7;
    private static final int MASK = (1 << SHIFT) - 1;
    private static final int BLOCKS = (Character.MAX_CODE_POINT + 1) >> SHIFT;

    private final int[] blockStart;
    private final int[] values;

    private CodePointTable(int[] blockStart, int[] values) {
        this.blockStart = blockStart;
        this.values = values;
    }

    /** Value of a code point, 0 to 0x10FFFF. */
    public int get(int codePoint) {
        return values[blockStart[codePoint >> SHIFT] + (codePoint & MASK)];
    }

    /** Collects entries. */
    public static final class Builder {
        private final int[][] blocks = new int[BLOCKS][];

        public Builder set(int codePoint, int value) {
            int[] block = blocks[codePoint >> SHIFT];
            if (block == null) {
                if (value == 0) {
                    return this;
                }
                block = blocks[codePoint >> SHIFT] = new int[1 << SHIFT];
            }
            block[codePoint & MASK] = value;
            return this;
        }

        /** Sets these bits for every member. */
        Builder mark(CodePointRanges members, int bits) {
            members.forEach(c -> set(c, get(c) | bits));
            return this;
        }

        int get(int codePoint) {
            int[] block = blocks[codePoint >> SHIFT];
            return block == null ? 0 : block[codePoint & MASK];
        }

        public CodePointTable build() {
            Map<IntBuffer, Integer> known = new HashMap<>();
            List<int[]> kept = new ArrayList<>();
            kept.add(new int[1 << SHIFT]);
            int[] start = new int[BLOCKS];
            for (int b = 0; b < BLOCKS; b++) {
                int[] block = blocks[b];
                if (block == null) {
                    continue;
                }
                int fresh = kept.size();
                Integer at = known.putIfAbsent(IntBuffer.wrap(block), fresh);
                if (at == null) {
                    kept.add(block);
                }
                start[b] = (at == null ? fresh : at) << SHIFT;
            }
            int[] values = new int[kept.size() << SHIFT];
            for (int i = 0; i < kept.size(); i++) {
                System.arraycopy(kept.get(i), 0, values, i << SHIFT, 1 << SHIFT);
            }
            return new CodePointTable(start, values);
        }
    }
}
