package org.candor.compute.cpu.internal;

import java.util.Arrays;

/** Buffers of one thread that grow to what its kernels need and are kept. Contents are undefined. */
final class Scratch {

    private static final float[] NONE = {};

    /** What a buffer is for; each purpose has its own. */
    enum Purpose {
        PANEL,
        TILE,
        KEYS,
        VALUES,
        SCORES
    }

    private final float[][] buffers = new float[Purpose.values().length][];

    Scratch() {
        Arrays.fill(buffers, NONE);
    }

    /** At least {@code size} floats. */
    float[] floats(Purpose purpose, int size) {
        float[] buffer = buffers[purpose.ordinal()];
        if (buffer.length < size) {
            buffer = new float[size];
            buffers[purpose.ordinal()] = buffer;
        }
        return buffer;
    }
}
