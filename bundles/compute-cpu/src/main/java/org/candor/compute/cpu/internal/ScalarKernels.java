package org.candor.compute.cpu.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.candor.api.compute.Activation;
import org.candor.api.compute.HostMatrix;
import org.candor.api.compute.WeightType;

/**
 * The formulas, written down plainly, with sums in binary64: what every other tier is checked against, and what runs
 * where the vector module is missing. Weights stay row major.
 */
final class ScalarKernels implements Kernels {

    private final DecoderKernels decoder = new ScalarDecoderKernels();
    private final BlockLoops blocks = new ScalarBlockLoops();

    @Override
    public String tier() {
        return "scalar";
    }

    @Override
    public DecoderKernels decoder() {
        return decoder;
    }

    @Override
    public BlockLoops blocks() {
        return blocks;
    }

    @Override
    public CpuWeight weight(HostMatrix matrix, WeightType type) {
        int outputs = matrix.rows();
        int inputs = matrix.columns();
        Arena arena = Arena.ofShared();
        long bytes =
                switch (type) {
                    case F32 -> 4;
                    case BF16, F16 -> 2;
                    case I8 -> 1;
                    case Q8, Q4, STORED -> throw new IllegalArgumentException(type + " is not held row by row");
                };
        MemorySegment elements = arena.allocate(bytes * outputs * inputs, 64);
        float[] scales = type == WeightType.I8 ? new float[outputs] : null;
        float[] row = new float[inputs];
        for (int o = 0; o < outputs; o++) {
            Rounding.row(matrix, o, row);
            long first = (long) o * inputs;
            if (type == WeightType.I8) {
                scales[o] = Rounding.scale(row, inputs);
            }
            for (int i = 0; i < inputs; i++) {
                switch (type) {
                    case F32 -> elements.setAtIndex(ValueLayout.JAVA_FLOAT, first + i, row[i]);
                    case BF16 -> elements.setAtIndex(ValueLayout.JAVA_SHORT, first + i, Rounding.bfloat16(row[i]));
                    case F16 -> elements.setAtIndex(ValueLayout.JAVA_SHORT, first + i, Float.floatToFloat16(row[i]));
                    case I8 ->
                        elements.setAtIndex(ValueLayout.JAVA_BYTE, first + i, Rounding.quantized(row[i], scales[o]));
                    case Q8, Q4, STORED -> throw new AssertionError(type);
                }
            }
        }
        return new CpuWeight(this, type, outputs, inputs, arena, elements, scales);
    }

    @Override
    public int panels(int outputs) {
        return outputs;
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
        int inputs = w.inputs();
        float[] row = scratch.floats(Scratch.Purpose.ROW, inputs);
        for (int o = panelFrom; o < panelTo; o++) {
            row(w, o, row, 0);
            double b = bias == null ? 0 : bias.floats()[bias.at(0) + o];
            for (int t = from; t < to; t++) {
                double sum = b + dot(x.floats(), x.at(t), row, 0, inputs);
                y.floats()[y.at(t) + o] = (float) apply(activation, sum);
            }
        }
    }

    @Override
    public void row(CpuWeight w, int output, float[] target, int to) {
        long first = (long) output * w.inputs();
        for (int i = 0; i < w.inputs(); i++) {
            target[to + i] = w.element(first + i, output);
        }
    }

    @Override
    public void finish(
            CpuTensor bias, Activation activation, CpuTensor y, int from, int to, int columnFrom, int columnTo) {
        for (int t = from; t < to; t++) {
            for (int c = columnFrom; c < columnTo; c++) {
                double b = bias == null ? 0 : bias.floats()[bias.at(0) + c];
                y.floats()[y.at(t) + c] = (float) apply(activation, y.floats()[y.at(t) + c] + b);
            }
        }
    }

    static double dot(float[] a, int aAt, float[] b, int bAt, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) a[aAt + i] * b[bAt + i];
        }
        return sum;
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
        int columns = x.columns();
        for (int t = from; t < to; t++) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                sum += sum(x, residual, t, c);
            }
            double mean = sum / columns;
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                double difference = sum(x, residual, t, c) - mean;
                squares += difference * difference;
            }
            double inverse = 1 / Math.sqrt(squares / columns + epsilon);
            for (int c = 0; c < columns; c++) {
                double normal = (sum(x, residual, t, c) - mean) * inverse;
                y.floats()[y.at(t) + c] =
                        (float) (normal * gamma.floats()[gamma.at(0) + c] + beta.floats()[beta.at(0) + c]);
            }
        }
    }

    private static double sum(CpuTensor x, CpuTensor residual, int row, int column) {
        double value = x.floats()[x.at(row) + column];
        return residual == null ? value : value + residual.floats()[residual.at(row) + column];
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
        float[] weights = scratch.floats(Scratch.Purpose.SCORES, length);
        for (int query = from; query < to; query++) {
            weights(q, k, start, length, column, headSize, scale, query, weights, 0);
            for (int d = 0; d < headSize; d++) {
                double sum = 0;
                for (int key = 0; key < length; key++) {
                    sum += (double) weights[key] * v.floats()[v.at(start + key) + column + d];
                }
                y.floats()[y.at(start + query) + column + d] = (float) sum;
            }
        }
    }

    /** softmax(scale * q kᵀ) for one query of one head: {@code length} numbers. */
    static void weights(
            CpuTensor q,
            CpuTensor k,
            int start,
            int length,
            int column,
            int headSize,
            float scale,
            int query,
            float[] target,
            int at) {
        for (int key = 0; key < length; key++) {
            target[at + key] = (float) (scale
                    * dot(q.floats(), q.at(start + query) + column, k.floats(), k.at(start + key) + column, headSize));
        }
        softmax(target, at, target, at, length);
    }

    private static void softmax(float[] x, int xAt, float[] y, int yAt, int length) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            largest = Math.max(largest, x[xAt + i]);
        }
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += Math.exp(x[xAt + i] - largest);
        }
        for (int i = 0; i < length; i++) {
            y[yAt + i] = (float) (Math.exp(x[xAt + i] - largest) / sum);
        }
    }

    @Override
    public void activate(CpuTensor x, Activation activation, CpuTensor y, int from, int to) {
        for (int t = from; t < to; t++) {
            for (int c = 0; c < x.columns(); c++) {
                y.floats()[y.at(t) + c] = (float) apply(activation, x.floats()[x.at(t) + c]);
            }
        }
    }

    static double apply(Activation activation, double x) {
        return switch (activation) {
            case IDENTITY -> x;
            case GELU_ERF -> ErrorFunction.gelu(x);
            case GELU_TANH -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case RELU -> Math.max(0, x);
            case SILU -> x / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
        };
    }

    @Override
    public void add(CpuTensor a, CpuTensor b, CpuTensor y, int from, int to) {
        for (int t = from; t < to; t++) {
            for (int c = 0; c < y.columns(); c++) {
                y.floats()[y.at(t) + c] = a.floats()[a.at(t) + c] + b.floats()[b.at(t) + c];
            }
        }
    }

    @Override
    public void softmax(CpuTensor x, CpuTensor y, int from, int to) {
        for (int t = from; t < to; t++) {
            softmax(x.floats(), x.at(t), y.floats(), y.at(t), x.columns());
        }
    }

    @Override
    public void mean(CpuTensor x, int from, int to, CpuTensor y, int target) {
        for (int c = 0; c < x.columns(); c++) {
            double sum = 0;
            for (int t = from; t < to; t++) {
                sum += x.floats()[x.at(t) + c];
            }
            y.floats()[y.at(target) + c] = (float) (sum / (to - from));
        }
    }

    @Override
    public void normalize(CpuTensor x, CpuTensor y, int from, int to) {
        for (int t = from; t < to; t++) {
            double norm = Math.sqrt(dot(x.floats(), x.at(t), x.floats(), x.at(t), x.columns()));
            double inverse = 1 / Math.max(norm, 1e-12);
            for (int c = 0; c < x.columns(); c++) {
                y.floats()[y.at(t) + c] = (float) (x.floats()[x.at(t) + c] * inverse);
            }
        }
    }
}
