package org.candor.compute.cpu.internal;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.candor.api.compute.Activation;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.WeightType;

/** Kernels on the JDK's Vector API, at the width that the JVM prefers on this machine. */
final class VectorKernels implements Kernels {

    /**
     * Rows of a panel that are worked on at once: a block of 64 columns then takes an eighth of a common second-level
     * cache. Sums continue in memory from block to block, in the same order.
     */
    private static final int DEPTH = 768;

    /** For few rows, of weights that are widened: 16 columns of binary32 take half of a common first-level cache. */
    private static final int WIDENED_DEPTH = 256;

    private static final int FEW_ROWS = 12;

    private final int widest;
    private final InnerLoops loops;
    private final BlockLoops blocks;
    private final DecoderKernels decoder;

    VectorKernels(InnerLoops loops, BlockLoops blocks) {
        this.loops = loops;
        this.blocks = blocks;
        // 24 sums, 4 vectors of B and a broadcast need 32 registers; AVX2 and SSE have 16.
        boolean many = VectorRows.LANES >= 16 || !System.getProperty("os.arch").matches("amd64|x86_64|x86");
        widest = many ? 4 : 2;
        decoder = new VectorDecoderKernels(loops, widest);
    }

    @Override
    public String tier() {
        return "vector, " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bits, " + loops.description()
                + (blocks.description().equals(loops.description()) ? "" : ", " + blocks.description());
    }

    @Override
    public DecoderKernels decoder() {
        return decoder;
    }

    private Panels panelsOf(int columns) {
        return new Panels(columns, VectorRows.LANES, widest);
    }

    @Override
    public CpuWeight weight(HostMatrix matrix, WeightType type) {
        return VectorWeights.pack(this, matrix, type, panelsOf(matrix.rows()));
    }

    @Override
    public void row(CpuWeight w, int output, float[] target, int to) {
        VectorWeights.row(w, panelsOf(w.outputs()), output, target, to);
    }

    @Override
    public BlockLoops blocks() {
        return blocks;
    }

    @Override
    public void finish(
            CpuTensor bias, Activation activation, CpuTensor y, int from, int to, int columnFrom, int columnTo) {
        float[] added = bias == null ? null : bias.floats();
        int biasAt = bias == null ? 0 : bias.at(0) + columnFrom;
        int at = y.at(from) + columnFrom;
        loops.finish(activation, added, biasAt, y.floats(), at, y.rowStride(), to - from, columnTo - columnFrom);
    }

    @Override
    public int panels(int outputs) {
        return panelsOf(outputs).count();
    }

    @Override
    public void linear(
            CpuTensor x,
            CpuWeight w,
            CpuTensor bias,
            Activation activation,
            CpuTensor y,
            int from,
            int to,
            int panelFrom,
            int panelTo,
            Scratch scratch) {
        Panels panels = panelsOf(w.outputs());
        int rows = to - from;
        for (int panel = panelFrom; panel < panelTo; panel++) {
            int width = panels.width(panel) * VectorRows.LANES;
            int valid = panels.valid(panel);
            int first = y.at(from) + panels.first(panel);
            boolean direct = valid == width;
            float[] sums = direct ? y.floats() : scratch.floats(Scratch.Purpose.TILE, rows * width);
            int at = direct ? first : 0;
            int stride = direct ? y.rowStride() : width;
            accumulate(x, w, panels, panel, from, rows, sums, at, stride, scratch);
            // Only now, not as the sums' start: first writes to y wait for memory, and behind a tile they wait
            // unnoticed.
            float[] added = bias == null ? null : bias.floats();
            int biasAt = bias == null ? 0 : bias.at(0) + panels.first(panel);
            loops.finish(activation, added, biasAt, sums, at, stride, rows, valid);
            if (!direct) {
                for (int row = 0; row < rows; row++) {
                    System.arraycopy(sums, row * stride, y.floats(), first + row * y.rowStride(), valid);
                }
            }
        }
    }

    /** sums = x times one panel of Wᵀ. */
    private void accumulate(
            CpuTensor x,
            CpuWeight w,
            Panels panels,
            int panel,
            int from,
            int rows,
            float[] sums,
            int at,
            int stride,
            Scratch scratch) {
        int width = panels.width(panel) * VectorRows.LANES;
        int inputs = w.inputs();
        boolean halves = w.type() == WeightType.F16 || w.type() == WeightType.BF16;
        if (rows == 1 && halves) {
            long first = panels.offset(panel, inputs);
            if (blocks.multiplyRow(w.type(), w.elements(), first, width, inputs, x.floats(), x.at(from), sums, at)) {
                return;
            }
        }
        // What few rows need widened once is read at once, from the nearest cache.
        int most = w.type() == WeightType.F32 || rows > FEW_ROWS ? DEPTH : WIDENED_DEPTH;
        int step = Math.ceilDiv(inputs, Math.ceilDiv(inputs, most));
        for (int k = 0; k < inputs; k += step) {
            int depth = Math.min(step, inputs - k);
            MemorySegment b = w.elements();
            long bAt = 4 * (panels.offset(panel, inputs) + (long) k * width);
            if (w.type() != WeightType.F32) {
                b = scratch.panel(Scratch.Panel.WEIGHTS, (long) depth * width);
                bAt = 0;
                VectorWeights.widen(blocks, w, panels, panel, k, depth, b);
            }
            loops.multiply(
                    panels.width(panel),
                    1,
                    x.floats(),
                    x.at(from) + k,
                    x.rowStride(),
                    b,
                    bAt,
                    sums,
                    at,
                    stride,
                    rows,
                    depth,
                    k > 0);
        }
    }

    @Override
    public void layerNorm(
            CpuTensor x,
            CpuTensor residual,
            CpuTensor gamma,
            CpuTensor beta,
            float epsilon,
            CpuTensor y,
            int from,
            int to) {
        loops.norm(x, residual, gamma, beta, epsilon, y, from, to);
    }

    @Override
    public void attention(
            CpuTensor q,
            CpuTensor k,
            CpuTensor v,
            int start,
            int length,
            int column,
            int headSize,
            float scale,
            CpuTensor y,
            int from,
            int to,
            Scratch scratch) {
        new VectorAttention(
                        loops,
                        new PackedHead(
                                loops,
                                k.floats(),
                                k.at(start) + column,
                                k.rowStride(),
                                v.floats(),
                                v.at(start) + column,
                                v.rowStride(),
                                length,
                                headSize,
                                scratch,
                                widest),
                        scratch)
                .attend(
                        q.floats(),
                        q.at(start + from) + column,
                        q.rowStride(),
                        scale,
                        y.floats(),
                        y.at(start + from) + column,
                        y.rowStride(),
                        to - from,
                        length);
    }

    @Override
    public void activate(CpuTensor x, Activation activation, CpuTensor y, int from, int to) {
        for (int row = from; row < to; row++) {
            System.arraycopy(x.floats(), x.at(row), y.floats(), y.at(row), y.columns());
        }
        loops.finish(activation, null, 0, y.floats(), y.at(from), y.rowStride(), to - from, y.columns());
    }

    @Override
    public void add(CpuTensor a, CpuTensor b, CpuTensor y, int from, int to) {
        for (int row = from; row < to; row++) {
            VectorRows.add(a.floats(), a.at(row), b.floats(), b.at(row), y.floats(), y.at(row), y.columns());
        }
    }

    @Override
    public void softmax(CpuTensor x, CpuTensor y, int from, int to) {
        float[] sum = new float[1];
        int columns = x.columns();
        for (int row = from; row < to; row++) {
            System.arraycopy(x.floats(), x.at(row), y.floats(), y.at(row), columns);
            loops.powers(y.floats(), y.at(row), columns, 1, columns, 1, sum);
            VectorRows.scale(y.floats(), y.at(row), 1 / sum[0], y.floats(), y.at(row), columns);
        }
    }

    @Override
    public void mean(CpuTensor x, int from, int to, CpuTensor y, int target) {
        float[] sums = y.floats();
        int at = y.at(target);
        System.arraycopy(x.floats(), x.at(from), sums, at, y.columns());
        for (int row = from + 1; row < to; row++) {
            VectorRows.add(sums, at, x.floats(), x.at(row), sums, at, y.columns());
        }
        VectorRows.scale(sums, at, 1f / (to - from), sums, at, y.columns());
    }

    @Override
    public void normalize(CpuTensor x, CpuTensor y, int from, int to) {
        float[] lanes = new float[VectorRows.LANES];
        for (int row = from; row < to; row++) {
            double norm = Math.sqrt(VectorRows.squares(x.floats(), x.at(row), x.columns(), 0, lanes));
            float inverse = (float) (1 / Math.max(norm, 1e-12));
            VectorRows.scale(x.floats(), x.at(row), inverse, y.floats(), y.at(row), x.columns());
        }
    }
}
