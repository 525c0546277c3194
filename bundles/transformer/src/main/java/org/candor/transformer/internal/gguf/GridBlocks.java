package org.candor.transformer.internal.gguf;

import static org.candor.transformer.internal.gguf.LittleEndian.half;
import static org.candor.transformer.internal.gguf.LittleEndian.int32;
import static org.candor.transformer.internal.gguf.LittleEndian.uint16;
import static org.candor.transformer.internal.gguf.LittleEndian.uint8;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 256 values whose codes stand for 8 or 4 values at once, from a table, with signs apart or a small shift (ggml,
 * ggml-common.h, block_iq1_s to block_iq3_s). Value = (d scale) entry sign, or (d scale) (entry + shift).
 */
public enum GridBlocks implements BlockLayout {
    /** d; for each 32 values 4 codes of 8 bits, then 4 sign codes of 7 bits under 4 bits of scale. */
    IQ2_XXS(66, Grid.Name.IQ2_XXS) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            for (int b = 0; b < 8; b++) {
                long codes = at + 2 + 8 * b;
                int signs = int32(data, codes + 4);
                float scale = d * (0.5f + (signs >>> 28)) * 0.25f;
                for (int e = 0; e < 4; e++) {
                    signed(uint8(data, codes + e), evenSigns(signs >>> 7 * e), 8, scale, target, to + 32 * b + 8 * e);
                }
            }
        }
    },
    /** d, 32 codes of 9 bits under 7 bits of signs, 8 bytes of 4-bit scales for 16 values each. */
    IQ2_XS(74, Grid.Name.IQ2_XS) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            for (int e = 0; e < 32; e++) {
                int code = uint16(data, at + 2 + 2 * e);
                float scale = d * (0.5f + nibble(data, at + 66, e / 2)) * 0.25f;
                signed(code & 511, evenSigns(code >> 9), 8, scale, target, to + 8 * e);
            }
        }
    },
    /** d, 32 codes of 8 bits, 32 bytes of signs, 8 bytes of ninth and tenth bits, 8 bytes of 4-bit scales. */
    IQ2_S(82, Grid.Name.IQ2_S) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            for (int e = 0; e < 32; e++) {
                int high = uint8(data, at + 66 + e / 4) >> 2 * (e % 4) & 3;
                float scale = d * (0.5f + nibble(data, at + 74, e / 2)) * 0.25f;
                int code = uint8(data, at + 2 + e) | high << 8;
                signed(code, uint8(data, at + 34 + e), 8, scale, target, to + 8 * e);
            }
        }
    },
    /** d, 64 codes of 8 bits, and for each 32 values 4 sign codes of 7 bits under 4 bits of scale. */
    IQ3_XXS(98, Grid.Name.IQ3_XXS) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            for (int e = 0; e < 64; e++) {
                int signs = int32(data, at + 66 + 4 * (e / 8));
                float scale = d * (0.5f + (signs >>> 28)) * 0.5f;
                int bits = evenSigns(signs >>> 7 * (e % 8 / 2)) >> e % 2 * 4;
                signed(uint8(data, at + 2 + e), bits, 4, scale, target, to + 4 * e);
            }
        }
    },
    /** d, 64 codes of 8 bits, 8 bytes of ninth bits, 32 bytes of signs, 4 bytes of 4-bit scales for 32 values each. */
    IQ3_S(110, Grid.Name.IQ3_S) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            for (int e = 0; e < 64; e++) {
                int high = uint8(data, at + 66 + e / 8) >> e % 8 & 1;
                float scale = d * (1 + 2 * nibble(data, at + 106, e / 8));
                int bits = uint8(data, at + 74 + e / 2) >> e % 2 * 4;
                signed(uint8(data, at + 2 + e) | high << 8, bits, 4, scale, target, to + 4 * e);
            }
        }
    },
    /** d, 32 codes of 8 bits, and for each 32 values four times three higher bits, 3 bits of scale, the shift's sign. */
    IQ1_S(50, Grid.Name.IQ1_S) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            for (int e = 0; e < 32; e++) {
                int packed = uint16(data, at + 34 + 2 * (e / 4));
                float scale = d * (2 * (packed >> 12 & 7) + 1);
                int code = uint8(data, at + 2 + e) | (packed >> 3 * (e % 4) & 7) << 8;
                shifted(code, packed >> 15 != 0, scale, target, to + 8 * e);
            }
        }
    },
    /**
     * 32 codes of 8 bits, 16 bytes of three higher bits and the shift's sign for each code, 4 times 16 bits: four 3-bit
     * scales for 16 values each, and a quarter of d.
     */
    IQ1_M(56, Grid.Name.IQ1_S) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            int bits = 0;
            for (int i = 0; i < 4; i++) {
                bits |= uint16(data, at + 48 + 2 * i) >> 12 << 4 * i;
            }
            float d = Float.float16ToFloat((short) bits);
            for (int e = 0; e < 32; e++) {
                int high = uint8(data, at + 32 + e / 2) >> e % 2 * 4;
                float scale = d * (2 * (uint16(data, at + 48 + 2 * (e / 8)) >> 3 * (e / 2 % 4) & 7) + 1);
                int code = uint8(data, at + e) | (high & 7) << 8;
                shifted(code, (high & 8) != 0, scale, target, to + 8 * e);
            }
        }
    };

    private static final float SHIFT = 0.125f;

    private final int bytes;
    private final Grid.Name grid;

    GridBlocks(int bytes, Grid.Name grid) {
        this.bytes = bytes;
        this.grid = grid;
    }

    @Override
    public int blockValues() {
        return 256;
    }

    @Override
    public int blockBytes() {
        return bytes;
    }

    /** An entry whose values are negative where a bit is set. */
    final void signed(int code, int signs, int width, float scale, float[] target, int to) {
        Grid entries = Grid.of(grid);
        for (int i = 0; i < width; i++) {
            float value = scale * entries.value(code, i);
            target[to + i] = (signs >> i & 1) == 0 ? value : -value;
        }
    }

    /** An entry of eight values, all moved down or up a little. */
    final void shifted(int code, boolean down, float scale, float[] target, int to) {
        Grid entries = Grid.of(grid);
        for (int i = 0; i < 8; i++) {
            target[to + i] = scale * (entries.value(code, i) + (down ? -SHIFT : SHIFT));
        }
    }

    /** The lowest seven bits, and an eighth that makes the number of set bits even. */
    private static int evenSigns(int bits) {
        int seven = bits & 127;
        return seven | (Integer.bitCount(seven) & 1) << 7;
    }

    private static int nibble(MemorySegment data, long at, int i) {
        return uint8(data, at + i / 2) >> i % 2 * 4 & 15;
    }
}
