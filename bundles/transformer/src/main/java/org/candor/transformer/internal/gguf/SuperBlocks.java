package org.candor.transformer.internal.gguf;

import static org.candor.transformer.internal.gguf.LittleEndian.half;
import static org.candor.transformer.internal.gguf.LittleEndian.int8;
import static org.candor.transformer.internal.gguf.LittleEndian.uint8;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 256 values, made of smaller blocks whose scales (and offsets) are small integers, multiplied by one binary16
 * d (and dmin) for all: value = (d scale) q - (dmin offset). Known as K-quants (ggml, ggml-common.h, block_q2_K to
 * block_q6_K).
 */
public enum SuperBlocks implements BlockLayout {
    /** 16 bytes of scale (low half) and offset, 64 bytes of 2-bit codes, d, dmin; 16 blocks of 16. */
    Q2_K(84) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at + 80);
            float dmin = half(data, at + 82);
            for (int b = 0; b < 16; b++) {
                int packed = uint8(data, at + b);
                float scale = d * (packed & 15);
                float offset = dmin * (packed >> 4);
                long codes = at + 16 + twoBitCodes(b);
                int shift = twoBitShift(b);
                for (int i = 0; i < 16; i++) {
                    int q = uint8(data, codes + i) >> shift & 3;
                    target[to + 16 * b + i] = scale * q - offset;
                }
            }
        }
    },
    /** 32 bytes of third bits, 64 bytes of 2-bit codes, 12 bytes of 6-bit scales, d; 16 blocks of 16. */
    Q3_K(110) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at + 108);
            for (int b = 0; b < 16; b++) {
                int low = uint8(data, at + 96 + b % 8) >> (b < 8 ? 0 : 4) & 15;
                int high = uint8(data, at + 104 + b % 4) >> 2 * (b / 4) & 3;
                float scale = d * ((low | high << 4) - 32);
                long codes = at + 32 + twoBitCodes(b);
                int shift = twoBitShift(b);
                for (int i = 0; i < 16; i++) {
                    int third = uint8(data, at + b % 2 * 16 + i) >> b / 2 & 1;
                    int q = (uint8(data, codes + i) >> shift & 3) - (third == 0 ? 4 : 0);
                    target[to + 16 * b + i] = scale * q;
                }
            }
        }
    },
    /** d, dmin, 12 bytes of 6-bit scales and offsets, 128 bytes of 4-bit codes; 8 blocks of 32. */
    Q4_K(144) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            float dmin = half(data, at + 2);
            for (int b = 0; b < 8; b++) {
                float scale = d * scale(data, at + 4, b);
                float offset = dmin * offset(data, at + 4, b);
                long codes = at + 16 + b / 2 * 32;
                int shift = b % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    int q = uint8(data, codes + i) >> shift & 15;
                    target[to + 32 * b + i] = scale * q - offset;
                }
            }
        }
    },
    /** d, dmin, 12 bytes of 6-bit scales and offsets, 32 bytes of fifth bits, 128 bytes of 4-bit codes; 8 blocks of 32. */
    Q5_K(176) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            float dmin = half(data, at + 2);
            for (int b = 0; b < 8; b++) {
                float scale = d * scale(data, at + 4, b);
                float offset = dmin * offset(data, at + 4, b);
                long codes = at + 48 + b / 2 * 32;
                int shift = b % 2 * 4;
                for (int i = 0; i < 32; i++) {
                    int fifth = uint8(data, at + 16 + i) >> b & 1;
                    int q = uint8(data, codes + i) >> shift & 15 | fifth << 4;
                    target[to + 32 * b + i] = scale * q - offset;
                }
            }
        }
    },
    /** 128 bytes of 4-bit codes, 64 bytes of fifth and sixth bits, 16 signed bytes of scales, d; 16 blocks of 16. */
    Q6_K(210) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at + 208);
            for (int b = 0; b < 16; b++) {
                float scale = d * int8(data, at + 192 + b);
                // Half a block, 128 values, has 64 bytes of codes: four runs of 32 values, two of them in lower halves.
                int run = b % 8 / 2;
                int start = b % 2 * 16;
                long codes = at + b / 8 * 64 + run % 2 * 32 + start;
                long highs = at + 128 + b / 8 * 32 + start;
                for (int i = 0; i < 16; i++) {
                    int low = uint8(data, codes + i) >> run / 2 * 4 & 15;
                    int high = uint8(data, highs + i) >> 2 * run & 3;
                    target[to + 16 * b + i] = scale * ((low | high << 4) - 32);
                }
            }
        }
    };

    private final int bytes;

    SuperBlocks(int bytes) {
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

    /** Where the 2-bit codes of a block of 16 begin: 32 bytes hold 128 values, 32 of them at each shift. */
    private static int twoBitCodes(int block) {
        return block / 8 * 32 + block % 2 * 16;
    }

    private static int twoBitShift(int block) {
        return block % 8 / 2 * 2;
    }

    /** The first four scales are the low six bits of bytes 0 to 3, the others come from two places. */
    private static int scale(MemorySegment data, long at, int block) {
        return block < 4
                ? uint8(data, at + block) & 63
                : uint8(data, at + block + 4) & 15 | uint8(data, at + block - 4) >> 6 << 4;
    }

    private static int offset(MemorySegment data, long at, int block) {
        return block < 4
                ? uint8(data, at + block + 4) & 63
                : uint8(data, at + block + 4) >> 4 | uint8(data, at + block) >> 6 << 4;
    }
}
