package org.candor.transformer.internal.generate;

/** Logarithms of the probabilities that scores stand for, in binary64. */
final class LogProbabilities {

    private LogProbabilities() {}

    /** log softmax(scores) */
    static double[] of(float[] scores) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            largest = Math.max(largest, score);
        }
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score - largest);
        }
        double shift = largest + Math.log(sum);
        double[] logarithms = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            logarithms[i] = scores[i] - shift;
        }
        return logarithms;
    }
}
