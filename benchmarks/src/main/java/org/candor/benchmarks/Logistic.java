package org.candor.benchmarks;

import java.util.Arrays;
import java.util.List;

/**
 * Logistic regression with a quadratic penalty on standardised inputs, by gradient descent with momentum; weights are
 * given back for inputs as they are.
 *
 * @param weights one an input
 * @param bias constant
 */
record Logistic(double[] weights, double bias) {
    private static final int STEPS = 4_000;

    static Logistic fit(List<double[]> rows, List<Boolean> labels, double penalty) {
        Standard standard = Standard.of(rows);
        int n = rows.getFirst().length;
        double[][] x = rows.stream().map(standard::apply).toArray(double[][]::new);
        double[] w = new double[n + 1];
        double[] speed = new double[n + 1];
        for (int step = 0; step < STEPS; step++) {
            double[] gradient = new double[n + 1];
            for (int r = 0; r < x.length; r++) {
                double p = 1 / (1 + Math.exp(-(dot(w, x[r]) + w[n])));
                double error = p - (labels.get(r) ? 1 : 0);
                for (int i = 0; i < n; i++) {
                    gradient[i] += error * x[r][i];
                }
                gradient[n] += error;
            }
            for (int i = 0; i <= n; i++) {
                double slope = gradient[i] / x.length + (i < n ? penalty * w[i] : 0);
                speed[i] = 0.9 * speed[i] - 0.3 * slope;
                w[i] += speed[i];
            }
        }
        double[] weights = standard.unscale(Arrays.copyOf(w, n));
        return new Logistic(weights, w[n] - dot(weights, standard.mean()));
    }

    double probability(double[] row) {
        return 1 / (1 + Math.exp(-(bias + dot(weights, row))));
    }

    /** Over the length of the second. */
    static double dot(double[] weights, double[] row) {
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            sum += weights[i] * row[i];
        }
        return sum;
    }

    /** Mean and deviation of each input. */
    record Standard(double[] mean, double[] deviation) {

        static Standard of(List<double[]> rows) {
            int n = rows.getFirst().length;
            double[] mean = new double[n];
            double[] squares = new double[n];
            for (double[] row : rows) {
                for (int i = 0; i < n; i++) {
                    mean[i] += row[i] / rows.size();
                }
            }
            for (double[] row : rows) {
                for (int i = 0; i < n; i++) {
                    squares[i] += (row[i] - mean[i]) * (row[i] - mean[i]) / rows.size();
                }
            }
            double[] deviation = Arrays.stream(squares)
                    .map(v -> v > 1e-12 ? Math.sqrt(v) : 1)
                    .toArray();
            return new Standard(mean, deviation);
        }

        double[] apply(double[] row) {
            double[] scaled = new double[row.length];
            for (int i = 0; i < row.length; i++) {
                scaled[i] = (row[i] - mean[i]) / deviation[i];
            }
            return scaled;
        }

        double[] unscale(double[] weights) {
            double[] raw = new double[weights.length];
            for (int i = 0; i < raw.length; i++) {
                raw[i] = weights[i] / deviation[i];
            }
            return raw;
        }
    }
}
