package org.candor.transformer.internal.gguf;

import static org.candor.transformer.internal.gguf.LittleEndian.half;
import static org.candor.transformer.internal.gguf.LittleEndian.int32;
import static org.candor.transformer.internal.gguf.LittleEndian.int8;
import static org.candor.transformer.internal.gguf.LittleEndian.uint8;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 32 values with one binary16 scale d, and in the {@code _1} types also a binary16 offset m: value = d q + m.
 * Four-bit codes lie in 16 bytes, values 0 to 15 in the lower halves and 16 to 31 in the upper ones; a fifth bit lies in
 * 32 bits before them (ggml, ggml-common.h, block_q4_0 to block_q8_0).
 */
public enum ScaledBlocks implements BlockLayout {
    /** d, codes; q = code - 8. */
    Q4_0(18) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            for (int i = 0; i < 16; i++) {
                int codes = uint8(data, at + 2 + i);
                target[to + i] = d * ((codes & 15) - 8);
                target[to + 16 + i] = d * ((codes >> 4) - 8);
            }
        }
    },
    /** d, m, codes. */
    Q4_1(20) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            float m = half(data, at + 2);
            for (int i = 0; i < 16; i++) {
                int codes = uint8(data, at + 4 + i);
                target[to + i] = d * (codes & 15) + m;
                target[to + 16 + i] = d * (codes >> 4) + m;
            }
        }
    },
    /** d, fifth bits, codes; q = code - 16. */
    Q5_0(22) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            int fifth = int32(data, at + 2);
            for (int i = 0; i < 16; i++) {
                int codes = uint8(data, at + 6 + i);
                target[to + i] = d * (((codes & 15) | (fifth >>> i & 1) << 4) - 16);
                target[to + 16 + i] = d * ((codes >> 4 | (fifth >>> 16 + i & 1) << 4) - 16);
            }
        }
    },
    /** d, m, fifth bits, codes. */
    Q5_1(24) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            float m = half(data, at + 2);
            int fifth = int32(data, at + 4);
            for (int i = 0; i < 16; i++) {
                int codes = uint8(data, at + 8 + i);
                target[to + i] = d * ((codes & 15) | (fifth >>> i & 1) << 4) + m;
                target[to + 16 + i] = d * (codes >> 4 | (fifth >>> 16 + i & 1) << 4) + m;
            }
        }
    },
    /** d, 32 signed bytes. */
    Q8_0(34) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            float d = half(data, at);
            for (int i = 0; i < 32; i++) {
                target[to + i] = d * int8(data, at + 2 + i);
            }
        }
    };

    private final int bytes;

    ScaledBlocks(int bytes) {
        this.bytes = bytes;
    }

    @Override
    public int blockValues() {
        return 32;
    }

    @Override
    public int blockBytes() {
        return bytes;
    }
}
