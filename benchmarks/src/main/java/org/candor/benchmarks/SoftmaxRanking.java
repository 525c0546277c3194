package org.candor.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Fits a linear score so that its softmax over each list gives the right item its probability (a listwise ranking). */
final class SoftmaxRanking {
    private static final int STEPS = 600;

    private SoftmaxRanking() {}

    /**
     * Weights for inputs as they are.
     *
     * @param lists inputs of each list's items
     * @param answers index of the right item
     */
    static double[] fit(List<List<double[]>> lists, List<Integer> answers, double penalty) {
        List<double[]> all = new ArrayList<>();
        lists.forEach(all::addAll);
        Logistic.Standard standard = Logistic.Standard.of(all);
        List<double[][]> scaled = new ArrayList<>();
        for (List<double[]> list : lists) {
            scaled.add(list.stream().map(standard::apply).toArray(double[][]::new));
        }
        int n = all.getFirst().length;
        double[] w = new double[n];
        double[] speed = new double[n];
        for (int step = 0; step < STEPS; step++) {
            double[] gradient = new double[n];
            for (int l = 0; l < scaled.size(); l++) {
                add(scaled.get(l), answers.get(l), w, gradient);
            }
            for (int i = 0; i < n; i++) {
                double slope = gradient[i] / scaled.size() + penalty * w[i];
                speed[i] = 0.9 * speed[i] - 0.2 * slope;
                w[i] += speed[i];
            }
        }
        return standard.unscale(w);
    }

    private static void add(double[][] items, int answer, double[] w, double[] gradient) {
        double[] scores = new double[items.length];
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < items.length; i++) {
            scores[i] = Logistic.dot(w, items[i]);
            most = Math.max(most, scores[i]);
        }
        double sum = 0;
        for (int i = 0; i < items.length; i++) {
            scores[i] = Math.exp(scores[i] - most);
            sum += scores[i];
        }
        for (int i = 0; i < items.length; i++) {
            double error = scores[i] / sum - (i == answer ? 1 : 0);
            for (int j = 0; j < gradient.length; j++) {
                gradient[j] += error * items[i][j];
            }
        }
    }
}
