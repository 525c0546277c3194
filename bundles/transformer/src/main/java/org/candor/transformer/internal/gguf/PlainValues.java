package org.candor.transformer.internal.gguf;

import java.lang.foreign.MemorySegment;

/** Floating-point numbers one after the other: blocks of one value. */
public enum PlainValues implements BlockLayout {
    F32(4) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            target[to] = data.get(LittleEndian.FLOAT, at);
        }

        @Override
        public void blocks(MemorySegment data, long first, int count, float[] target, int to) {
            MemorySegment.copy(data, LittleEndian.FLOAT, first * 4, target, to, count);
        }
    },
    F16(2) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            target[to] = LittleEndian.half(data, at);
        }
    },
    /** The upper half of a binary32. */
    BF16(2) {
        @Override
        public void block(MemorySegment data, long at, float[] target, int to) {
            target[to] = Float.intBitsToFloat(data.get(LittleEndian.SHORT, at) << 16);
        }
    };

    private final int bytes;

    PlainValues(int bytes) {
        this.bytes = bytes;
    }

    @Override
    public int blockValues() {
        return 1;
    }

    @Override
    public int blockBytes() {
        return bytes;
    }
}
