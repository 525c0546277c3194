package org.candor.transformer.internal.gguf;

import static org.candor.transformer.internal.gguf.LittleEndian.half;
import static org.candor.transformer.internal.gguf.LittleEndian.uint16;
import static org.candor.transformer.internal.gguf.LittleEndian.uint8;

import java.lang.foreign.MemorySegment;

/**
 * Four-bit codes that stand for the numbers of a fixed table, times a scale. 16 bytes hold 32 codes, values 0 to 15 in
 * the lower halves and 16 to 31 in the upper ones (ggml, ggml-common.h, block_iq4_nl, block_iq4_xs, block_mxfp4).
 */
public enum CodebookBlocks implements BlockLayout {
    /** A binary16 scale for 32 values. */
    IQ4_NL(32, 18) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            codes(data, at + 2, half(data, at), UNEVEN, target, to);
        }
    },
    /** A binary16 scale for 256 values, times 6-bit scales of 32 each: upper bits in 16 bits, lower ones in 4 bytes. */
    IQ4_XS(256, 136) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            int highs = uint16(data, at + 2);
            for (int b = 0; b < 8; b++) {
                int low = uint8(data, at + 4 + b / 2) >> b % 2 * 4 & 15;
                int high = highs >> 2 * b & 3;
                codes(data, at + 8 + 16 * b, d * ((low | high << 4) - 32), UNEVEN, target, to + 32 * b);
            }
        }
    },
    /** OCP Microscaling MXFP4: a power of two (E8M0) for 32 numbers of type E2M1. */
    MXFP4(32, 17) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            codes(data, at + 1, halfPowerOfTwo(uint8(data, at)), TWICE_E2M1, target, to);
        }
    };

    private static final int[] UNEVEN = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /** E2M1 numbers doubled, so that they are whole. Negative zero is written as 0, as ggml does. */
    private static final int[] TWICE_E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private final int values;
    private final int bytes;

    CodebookBlocks(int values, int bytes) {
        this.values = values;
        this.bytes = bytes;
    }

    @Override
    public int blockValues() {
        return values;
    }

    @Override
    public int blockBytes() {
        return bytes;
    }

    private static void codes(MemorySegment data, long at, float scale, int[] table, float[] target, int to) {
        for (int i = 0; i < 16; i++) {
            int codes = uint8(data, at + i);
            target[to + i] = scale * table[codes & 15];
            target[to + 16 + i] = scale * table[codes >> 4];
        }
    }

    /** 2^(exponent - 128): half of what E8M0 says, since the table is doubled. The two smallest are subnormal. */
    private static float halfPowerOfTwo(int exponent) {
        return Float.intBitsToFloat(exponent < 2 ? 0x0020_0000 << exponent : exponent - 1 << 23);
    }
}
