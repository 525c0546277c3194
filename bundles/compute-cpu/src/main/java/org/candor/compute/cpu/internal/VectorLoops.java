package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.candor.api.compute.Activation;

/** The loops on the Vector API, at the width that the JVM prefers on this machine. */
public final class VectorLoops implements InnerLoops {

    private static final VectorSpecies<Float> LANE = FloatVector.SPECIES_PREFERRED;

    private final String reason;

    public VectorLoops() {
        this("");
    }

    /** @param reason why they are not emitted, for people */
    VectorLoops(String reason) {
        this.reason = reason;
    }

    @Override
    public String description() {
        return reason.isEmpty() ? "not emitted" : "not emitted: " + reason;
    }

    @Override
    public void multiply(
            int vectors,
            int panels,
            float[] a,
            int aAt,
            int aStride,
            MemorySegment b,
            long bAt,
            float[] c,
            int cAt,
            int cStride,
            int rows,
            int depth,
            boolean add) {
        int width = vectors * VectorRows.LANES;
        for (int panel = 0; panel < panels; panel++) {
            long from = bAt + 4L * panel * depth * width;
            int to = cAt + panel * width;
            switch (vectors) {
                case 4 -> FourVectorTiles.multiply(a, aAt, aStride, b, from, c, to, cStride, rows, depth, add);
                case 2 -> TwoVectorTiles.multiply(a, aAt, aStride, b, from, c, to, cStride, rows, depth, add);
                default -> OneVectorTiles.multiply(a, aAt, aStride, b, from, c, to, cStride, rows, depth, add);
            }
        }
    }

    @Override
    public void finish(
            Activation activation, float[] bias, int biasAt, float[] x, int at, int stride, int rows, int columns) {
        if (bias != null) {
            for (int row = 0; row < rows; row++) {
                int rowAt = at + row * stride;
                VectorRows.add(x, rowAt, bias, biasAt, x, rowAt, columns);
            }
        }
        VectorActivations.apply(activation, x, at, stride, rows, columns);
    }

    @Override
    public void powers(float[] x, int at, int stride, int rows, int columns, float scale, float[] sums) {
        float[] lanes = new float[VectorRows.LANES];
        for (int row = 0; row < rows; row++) {
            int rowAt = at + row * stride;
            float largest = VectorRows.largest(x, rowAt, columns, scale);
            sums[row] = VectorRows.powers(x, rowAt, scale, largest, x, rowAt, columns, lanes);
        }
    }

    @Override
    public void norm(
            CpuTensor x,
            CpuTensor residual,
            CpuTensor gamma,
            CpuTensor beta,
            float epsilon,
            CpuTensor y,
            int from,
            int to) {
        int columns = x.columns();
        float[] lanes = new float[VectorRows.LANES];
        float[] result = y.floats();
        for (int row = from; row < to; row++) {
            float[] source = x.floats();
            int at = x.at(row);
            if (residual != null) {
                VectorRows.add(source, at, residual.floats(), residual.at(row), result, y.at(row), columns);
                source = result;
                at = y.at(row);
            }
            float mean = VectorRows.sum(source, at, columns, lanes) / columns;
            float variance = VectorRows.squares(source, at, columns, mean, lanes) / columns;
            float inverse = (float) (1 / Math.sqrt((double) variance + epsilon));
            VectorRows.normalize(
                    source,
                    at,
                    mean,
                    inverse,
                    gamma.floats(),
                    gamma.at(0),
                    beta.floats(),
                    beta.at(0),
                    result,
                    y.at(row),
                    columns);
        }
    }

    /** A vector of rows at a time: those that one gathers from stay in the first-level cache. */
    @Override
    public void transpose(
            int vectors, int panels, float[] k, int at, int stride, int depth, MemorySegment b, long bAt) {
        int[] everyRow = new int[VectorRows.LANES];
        for (int i = 0; i < everyRow.length; i++) {
            everyRow[i] = i * stride;
        }
        int width = vectors * VectorRows.LANES;
        for (int panel = 0; panel < panels; panel++) {
            long to = bAt + 4L * panel * depth * width;
            for (int c = 0; c < width; c += VectorRows.LANES) {
                gather(k, at + (panel * width + c) * stride, everyRow, depth, b, to + 4L * c, 4L * width);
            }
        }
    }

    private static void gather(
            float[] k, int at, int[] everyRow, int depth, MemorySegment b, long target, long targetStride) {
        for (int d = 0; d < depth; d++) {
            FloatVector.fromArray(LANE, k, at + d, everyRow, 0)
                    .intoMemorySegment(b, target + d * targetStride, ByteOrder.nativeOrder());
        }
    }
}
