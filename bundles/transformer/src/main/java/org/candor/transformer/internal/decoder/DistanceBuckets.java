package org.candor.transformer.internal.decoder;

/** The buckets of distances that share a bias (Raffel et al. 2020, section 2.1; numbers as in transformers). */
final class DistanceBuckets {

    private DistanceBuckets() {}

    /**
     * The bias of every distance, from a table of buckets.
     *
     * @param table (buckets, heads)
     * @param causal whether keys are never behind the query
     * @return (heads, 2 * reach + 1); column reach + distance, distance being the key's position minus the query's
     */
    static float[] biases(float[] table, int heads, StackConfiguration.DistanceBias bias, boolean causal) {
        int columns = 2 * bias.reach() + 1;
        float[] biases = new float[heads * columns];
        for (int distance = -bias.reach(); distance <= bias.reach(); distance++) {
            int bucket = bucket(distance, bias.buckets(), bias.reach(), causal);
            for (int head = 0; head < heads; head++) {
                biases[head * columns + bias.reach() + distance] = table[bucket * heads + head];
            }
        }
        return biases;
    }

    /** Half of the buckets are for single distances, the others for ranges that widen up to the reach. */
    static int bucket(int distance, int buckets, int reach, boolean causal) {
        int first = 0;
        int count = buckets;
        int steps = causal ? Math.max(0, -distance) : Math.abs(distance);
        if (!causal) {
            count /= 2;
            first = distance > 0 ? count : 0;
        }
        int exact = count / 2;
        if (steps < exact) {
            return first + steps;
        }
        // In binary32, as the models were trained: at whole powers a rounding decides.
        float logarithm = (float) Math.log((float) steps / exact);
        float share = logarithm / (float) Math.log((double) reach / exact) * (count - exact);
        return first + Math.min(count - 1, exact + (int) share);
    }
}
