package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.candor.api.compute.BlockType;
import org.candor.api.compute.WeightType;

/** The formula of {@link BlockLoops}, written down plainly. */
final class ScalarBlockLoops implements BlockLoops {

    @Override
    public String description() {
        return "scalar";
    }

    @Override
    public void widen(WeightType type, MemorySegment source, long first, long count, MemorySegment target) {
        for (long i = 0; i < count; i++) {
            short half = source.getAtIndex(ValueLayout.JAVA_SHORT, first + i);
            float wide = type == WeightType.F16 ? Float.float16ToFloat(half) : Float.intBitsToFloat(half << 16);
            target.setAtIndex(ValueLayout.JAVA_FLOAT, i, wide);
        }
    }

    @Override
    public void round(float[] x, int at, int inputs, MemorySegment target, long to) {
        BlockRows.round(x, at, inputs, target, to);
    }

    @Override
    public void multiply(
            BlockPanels panels,
            MemorySegment w,
            int first,
            int count,
            MemorySegment x,
            int rows,
            float[] y,
            int at,
            int stride) {
        long rowBytes = BlockRows.rowBytes(panels.inputs());
        int begin = first * panels.rows();
        for (int column = 0; column < count * panels.rows(); column++) {
            for (int t = 0; t < rows; t++) {
                float sum = 0;
                for (int block = 0; block < panels.blocks(); block++) {
                    long from = t * rowBytes + (long) block * BlockRows.BYTES;
                    int dot = 0;
                    for (int i = 0; i < BlockType.VALUES; i++) {
                        dot += panels.code(w, begin + column, block, i) * x.get(ValueLayout.JAVA_BYTE, from + i);
                    }
                    float scale = panels.scale(w, begin + column, block)
                            * x.get(ValueLayout.JAVA_FLOAT, from + BlockRows.SCALE);
                    sum = Math.fma((float) dot, scale, sum);
                }
                y[at + t * stride + column] = sum;
            }
        }
    }
}
