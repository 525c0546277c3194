package org.candor.compute.cpu.internal;

import org.candor.api.compute.AttentionShape;
import org.candor.api.compute.CachedSequences;

/** The formulas of the decoder's kernels, written down plainly, with sums in binary64. */
final class ScalarDecoderKernels implements DecoderKernels {

    @Override
    public void rmsNorm(CpuTensor x, CpuTensor gamma, float epsilon, CpuTensor y, int from, int to) {
        int size = gamma.columns();
        for (int t = from; t < to; t++) {
            for (int group = 0; group < x.columns(); group += size) {
                int at = x.at(t) + group;
                double mean = ScalarKernels.dot(x.floats(), at, x.floats(), at, size) / size;
                double inverse = 1 / Math.sqrt(mean + epsilon);
                for (int c = 0; c < size; c++) {
                    y.floats()[y.at(t) + group + c] =
                            (float) (x.floats()[at + c] * inverse * gamma.floats()[gamma.at(0) + c]);
                }
            }
        }
    }

    @Override
    public void rope(
            CpuTensor x,
            int[] rows,
            int rowsAt,
            CpuTensor cos,
            CpuTensor sin,
            int headSize,
            CpuTensor y,
            int from,
            int to) {
        int half = cos.columns();
        for (int t = from; t < to; t++) {
            int row = rows[rowsAt + t];
            for (int head = 0; head < x.columns(); head += headSize) {
                int source = x.at(t) + head;
                int target = y.at(t) + head;
                for (int i = 0; i < half; i++) {
                    double c = cos.floats()[cos.at(row) + i];
                    double s = sin.floats()[sin.at(row) + i];
                    double left = x.floats()[source + i];
                    double right = x.floats()[source + half + i];
                    y.floats()[target + i] = (float) (left * c - right * s);
                    y.floats()[target + half + i] = (float) (right * c + left * s);
                }
                System.arraycopy(x.floats(), source + 2 * half, y.floats(), target + 2 * half, headSize - 2 * half);
            }
        }
    }

    @Override
    public void cachedAttention(
            CpuTensor q,
            CpuCache keys,
            CpuCache values,
            CachedSequences sequences,
            int sequence,
            AttentionShape shape,
            int headFrom,
            int headTo,
            CpuTensor bias,
            CpuTensor y,
            int from,
            int to,
            Scratch scratch) {
        int size = shape.headSize();
        for (int query = from; query < to; query++) {
            int position = sequences.position(sequence) + query;
            int first = shape.firstKey(position);
            int end = shape.endKey(position, sequences.keys(sequence));
            int row = sequences.start(sequence) + query;
            for (int h = headFrom * shape.group(); h < headTo * shape.group(); h++) {
                int head = h / shape.group();
                double[] weights = new double[end - first];
                double largest = Double.NEGATIVE_INFINITY;
                for (int key = first; key < end; key++) {
                    int slot = sequences.slot(sequence, key);
                    double score = 0;
                    for (int d = 0; d < size; d++) {
                        score += (double) q.floats()[q.at(row) + h * size + d] * keys.value(slot, head, size, d);
                    }
                    score *= shape.scale();
                    if (shape.softCap() > 0) {
                        score = shape.softCap() * Math.tanh(score / shape.softCap());
                    }
                    if (bias != null) {
                        int reach = bias.columns() / 2;
                        score += bias.floats()[bias.at(h) + reach + Math.clamp(key - position, -reach, reach)];
                    }
                    weights[key - first] = score;
                    largest = Math.max(largest, score);
                }
                double sum = 0;
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = Math.exp(weights[i] - largest);
                    sum += weights[i];
                }
                for (int d = 0; d < size; d++) {
                    double mixed = 0;
                    for (int key = first; key < end; key++) {
                        mixed += weights[key - first] * values.value(sequences.slot(sequence, key), head, size, d);
                    }
                    y.floats()[y.at(row) + h * size + d] = (float) (mixed / sum);
                }
            }
        }
    }

    @Override
    public void multiply(CpuTensor a, CpuTensor b, CpuTensor y, int from, int to) {
        for (int t = from; t < to; t++) {
            for (int c = 0; c < y.columns(); c++) {
                y.floats()[y.at(t) + c] = a.floats()[a.at(t) + c] * b.floats()[b.at(t) + c];
            }
        }
    }

    @Override
    public void scale(CpuTensor x, float factor, CpuTensor y, int from, int to) {
        for (int t = from; t < to; t++) {
            for (int c = 0; c < y.columns(); c++) {
                y.floats()[y.at(t) + c] = x.floats()[x.at(t) + c] * factor;
            }
        }
    }
}
