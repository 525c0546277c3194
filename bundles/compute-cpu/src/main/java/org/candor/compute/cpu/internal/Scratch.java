package org.candor.compute.cpu.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Buffers of one thread that grow to what its kernels need and are kept. Contents are undefined. */
final class Scratch {

    /** What a buffer of numbers is for; each purpose has its own. */
    enum Purpose {
        ROW,
        TILE,
        SCORES,
        QUERIES,
        RESULTS,
        KEYS,
        VALUES
    }

    /** What a buffer of panels is for. */
    enum Panel {
        WEIGHTS,
        KEYS,
        VALUES
    }

    private final float[][] buffers = new float[Purpose.values().length][];
    private final MemorySegment[] panels = new MemorySegment[Panel.values().length];

    Scratch() {
        Arrays.fill(buffers, new float[0]);
        Arrays.fill(panels, MemorySegment.NULL);
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

    /** Room for at least {@code size} floats at an address that suits vectors. */
    MemorySegment panel(Panel purpose, long size) {
        MemorySegment panel = panels[purpose.ordinal()];
        if (panel.byteSize() < 4 * size) {
            panel = Arena.ofAuto().allocate(4 * size, 64);
            panels[purpose.ordinal()] = panel;
        }
        return panel;
    }
}
