package org.candor.transformer.internal.gguf;

import static org.candor.transformer.internal.gguf.LittleEndian.half;
import static org.candor.transformer.internal.gguf.LittleEndian.uint8;

import java.lang.foreign.MemorySegment;

/** Blocks of 256 values -d, 0 or d with one binary16 d (ggml, ggml-common.h, block_tq1_0 and block_tq2_0). */
public enum TernaryBlocks implements BlockLayout {
    /** Five values to a byte, in base 3, as the fraction byte / 256: 32 bytes, 16 bytes, and 4 bytes of four values; d. */
    TQ1_0(54) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at + 52);
            baseThree(data, at, 32, 5, d, target, to);
            baseThree(data, at + 32, 16, 5, d, target, to + 160);
            baseThree(data, at + 48, 4, 4, d, target, to + 240);
        }
    },
    /** Four values to a byte, 64 bytes; d. */
    TQ2_0(66) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at + 64);
            for (int half = 0; half < 2; half++) {
                for (int digit = 0; digit < 4; digit++) {
                    for (int i = 0; i < 32; i++) {
                        int code = uint8(data, at + 32 * half + i) >> 2 * digit & 3;
                        target[to + 128 * half + 32 * digit + i] = d * (code - 1);
                    }
                }
            }
        }
    };

    private final int bytes;

    TernaryBlocks(int bytes) {
        this.bytes = bytes;
    }

    @Override
    public int blockValues() {
        return 256;
    }

    @Override
    public int blockBytes() {
        return bytes;
    }

    /** The first digits of all bytes, then the second ones, and so on. */
    private static void baseThree(MemorySegment data, long at, int count, int digits, float d, float[] target, int to) {
        int power = 1;
        for (int digit = 0; digit < digits; digit++) {
            for (int i = 0; i < count; i++) {
                int fraction = uint8(data, at + i) * power & 0xFF;
                target[to + digit * count + i] = d * ((fraction * 3 >> 8) - 1);
            }
            power *= 3;
        }
    }
}
