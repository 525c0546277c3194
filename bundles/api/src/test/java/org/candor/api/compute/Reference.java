package org.candor.api.compute;

/** The operations in binary64, straight from their definitions, on dense row-major arrays. */
final class Reference {

    private Reference() {}

    /** x / 2 * erfc(-x / sqrt 2), the complement by Simpson's rule: no code or constants in common with any backend. */
    static double gelu(double x) {
        double tail = tail(Math.abs(x));
        return x >= 0 ? x * (1 - tail) : x * tail;
    }

    /** The probability that a standard normal variable exceeds x, for x not negative. */
    private static double tail(double x) {
        int steps = 2000;
        double width = 9.0 / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double u = x + i * width;
            double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-u * u / 2);
        }
        return sum * width / 3 / Math.sqrt(2 * Math.PI);
    }

    static double apply(Activation activation, double x) {
        return switch (activation) {
            case IDENTITY -> x;
            case GELU_ERF -> gelu(x);
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * Math.pow(x, 3))));
            case RELU -> x > 0 ? x : 0;
            case SILU -> x / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
        };
    }

    /** x (rows, inputs) times the transpose of w (outputs, inputs). */
    static double[] product(float[] x, float[] w, int rows, int inputs, int outputs) {
        double[] y = new double[rows * outputs];
        for (int r = 0; r < rows; r++) {
            for (int o = 0; o < outputs; o++) {
                for (int i = 0; i < inputs; i++) {
                    y[r * outputs + o] += (double) x[r * inputs + i] * w[o * inputs + i];
                }
            }
        }
        return y;
    }

    /** Each sum of {@link #product} with all its terms made positive: what its rounding error is a small part of. */
    static double[] magnitude(float[] x, float[] w, int rows, int inputs, int outputs) {
        double[] y = new double[rows * outputs];
        for (int r = 0; r < rows; r++) {
            for (int o = 0; o < outputs; o++) {
                for (int i = 0; i < inputs; i++) {
                    y[r * outputs + o] += Math.abs((double) x[r * inputs + i] * w[o * inputs + i]);
                }
            }
        }
        return y;
    }

    static double[] softmax(double[] row) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : row) {
            largest = Math.max(largest, value);
        }
        double sum = 0;
        double[] y = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            y[i] = Math.exp(row[i] - largest);
            sum += y[i];
        }
        for (int i = 0; i < row.length; i++) {
            y[i] /= sum;
        }
        return y;
    }

    /** The weights of one query of one head over the keys of its sequence. */
    static double[] attentionWeights(
            float[] q,
            float[] k,
            int columns,
            Sequences sequences,
            int sequence,
            int query,
            int head,
            int headSize,
            double scale) {
        int start = sequences.start(sequence);
        double[] scores = new double[sequences.length(sequence)];
        for (int key = 0; key < scores.length; key++) {
            for (int d = 0; d < headSize; d++) {
                scores[key] += (double) q[(start + query) * columns + head * headSize + d]
                        * k[(start + key) * columns + head * headSize + d];
            }
            scores[key] *= scale;
        }
        return softmax(scores);
    }

    static double[] attention(
            float[] q, float[] k, float[] v, int columns, Sequences sequences, int heads, double scale) {
        double[] y = new double[sequences.tokens() * columns];
        int headSize = columns / heads;
        for (int s = 0; s < sequences.count(); s++) {
            int start = sequences.start(s);
            for (int head = 0; head < heads; head++) {
                for (int query = 0; query < sequences.length(s); query++) {
                    double[] weights = attentionWeights(q, k, columns, sequences, s, query, head, headSize, scale);
                    for (int key = 0; key < weights.length; key++) {
                        for (int d = 0; d < headSize; d++) {
                            y[(start + query) * columns + head * headSize + d] +=
                                    weights[key] * v[(start + key) * columns + head * headSize + d];
                        }
                    }
                }
            }
        }
        return y;
    }

    static double[] layerNorm(
            float[] x, float[] residual, float[] gamma, float[] beta, double epsilon, int rows, int columns) {
        double[] y = new double[rows * columns];
        for (int r = 0; r < rows; r++) {
            double[] u = new double[columns];
            double mean = 0;
            for (int c = 0; c < columns; c++) {
                u[c] = x[r * columns + c] + (residual == null ? 0.0 : residual[r * columns + c]);
                mean += u[c] / columns;
            }
            double variance = 0;
            for (double value : u) {
                variance += (value - mean) * (value - mean) / columns;
            }
            for (int c = 0; c < columns; c++) {
                y[r * columns + c] = (u[c] - mean) / Math.sqrt(variance + epsilon) * gamma[c] + beta[c];
            }
        }
        return y;
    }
}
