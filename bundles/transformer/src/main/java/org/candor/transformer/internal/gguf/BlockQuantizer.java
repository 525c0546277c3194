package org.candor.transformer.internal.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rounds numbers into blocks of 32, to the bytes that ggml's reference quantisers give (ggml-quants.c,
 * quantize_row_q8_0_ref and quantize_row_q4_0_ref). Stateless and thread safe.
 */
public enum BlockQuantizer {
    /** d = max|x| / 127, q = x / d to the nearest, halves away from zero. */
    Q8_0(ScaledBlocks.Q8_0) {
        @Override
        void block(float[] values, int from, MemorySegment target, long at) {
            float largest = 0;
            for (int i = 0; i < VALUES; i++) {
                largest = Math.max(largest, Math.abs(values[from + i]));
            }
            float d = largest / 127;
            float inverse = d == 0 ? 0 : 1 / d;
            scale(d, target, at);
            for (int i = 0; i < VALUES; i++) {
                target.set(ValueLayout.JAVA_BYTE, at + 2 + i, (byte) nearest(values[from + i] * inverse));
            }
        }
    },
    /** d = the value furthest from zero / -8, so that it is met exactly; q = x / d + 8 to the nearest, at most 15. */
    Q4_0(ScaledBlocks.Q4_0) {
        @Override
        void block(float[] values, int from, MemorySegment target, long at) {
            float furthest = 0;
            for (int i = 0; i < VALUES; i++) {
                if (Math.abs(values[from + i]) > Math.abs(furthest)) {
                    furthest = values[from + i];
                }
            }
            float d = furthest / -8;
            float inverse = d == 0 ? 0 : 1 / d;
            scale(d, target, at);
            for (int i = 0; i < VALUES / 2; i++) {
                int low = code(values[from + i], inverse);
                int high = code(values[from + VALUES / 2 + i], inverse);
                target.set(ValueLayout.JAVA_BYTE, at + 2 + i, (byte) (low | high << 4));
            }
        }

        private int code(float value, float inverse) {
            return Math.min(15, (int) (value * inverse + 8.5f));
        }
    };

    private static final int VALUES = 32;

    private final ScaledBlocks layout;

    BlockQuantizer(ScaledBlocks layout) {
        this.layout = layout;
    }

    /** What the bytes are. */
    public BlockLayout layout() {
        return layout;
    }

    /**
     * Quantises a row.
     *
     * @param values finite, whole blocks
     * @param target receives the blocks, little-endian
     * @param at first byte written
     * @throws IllegalArgumentException when the row is no multiple of 32, or a value is not finite or too large for a
     *     binary16 scale
     */
    public void row(float[] values, MemorySegment target, long at) {
        if (values.length % VALUES != 0) {
            throw new IllegalArgumentException(
                    "a row of " + values.length + " values is not whole blocks of " + VALUES + " of " + this);
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(value + " cannot be stored as " + this);
            }
        }
        for (int b = 0; b < values.length / VALUES; b++) {
            block(values, b * VALUES, target, at + (long) b * layout.blockBytes());
        }
    }

    abstract void block(float[] values, int from, MemorySegment target, long at);

    private static void scale(float d, MemorySegment target, long at) {
        short half = Float.floatToFloat16(d);
        if (Float.isInfinite(Float.float16ToFloat(half))) {
            throw new IllegalArgumentException("a scale of " + d + " is above binary16's largest, 65504");
        }
        target.set(LittleEndian.SHORT, at, half);
    }

    private static int nearest(float x) {
        float size = Math.abs(x);
        int whole = (int) size;
        if (size - whole >= 0.5f) {
            whole++;
        }
        return x < 0 ? -whole : whole;
    }
}
