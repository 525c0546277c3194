package org.candor.generation.internal.sampling;

import java.util.Arrays;

/**
 * The tokens that may still be taken, over scores that are changed in place: a token that is dropped gets minus infinity.
 * Room is allocated once. One thread at a time.
 *
 * <p>A candidate is one long, its score (descending) above its id (ascending), so that order and ties are those of longs.
 */
final class Candidates {
    private final long[] keys;
    private final double[] weights;
    private final double[] distances;
    private float[] scores;
    private int size;
    private int sorted;
    private float best;

    Candidates(int vocabulary) {
        keys = new long[vocabulary];
        weights = new double[vocabulary];
        distances = new double[vocabulary];
    }

    /** All tokens whose score is above minus infinity, in the order of their ids. */
    void collect(float[] from) {
        scores = from;
        size = 0;
        sorted = 0;
        for (int id = 0; id < keys.length; id++) {
            if (from[id] > Float.NEGATIVE_INFINITY) {
                keys[size++] = key(from[id], id);
            }
        }
        weigh();
    }

    int size() {
        return size;
    }

    int id(int index) {
        return (int) keys[index];
    }

    float score(int index) {
        return scores[id(index)];
    }

    /** The highest score. */
    float best() {
        return best;
    }

    /** Probability as a share of the best token's. */
    double weight(int index) {
        return weights[id(index)];
    }

    /** What weights are divided by to become probabilities. */
    double totalWeight() {
        double total = 0;
        for (int i = 0; i < size; i++) {
            total += weight(i);
        }
        return total;
    }

    /** Shannon's entropy in nats. */
    double entropy() {
        double total = totalWeight();
        double logTotal = Math.log(total);
        double entropy = 0;
        for (int i = 0; i < size; i++) {
            double weight = weight(i);
            if (weight > 0) {
                entropy -= weight / total * ((double) score(i) - best - logTotal);
            }
        }
        return entropy;
    }

    /** Brings the best candidates to the front, in order; time is linear, and n log n for what is asked for. */
    void sortBest(int count) {
        int wanted = Math.min(count, size);
        if (wanted > sorted) {
            select(wanted - 1);
            Arrays.sort(keys, sorted, wanted);
            sorted = wanted;
        }
    }

    void sortById() {
        for (int i = 0; i < size; i++) {
            keys[i] &= 0xFFFFFFFFL;
        }
        Arrays.sort(keys, 0, size);
        for (int i = 0; i < size; i++) {
            keys[i] = key(scores[(int) keys[i]], (int) keys[i]);
        }
        sorted = 0;
    }

    void keepFirst(int count) {
        for (int i = count; i < size; i++) {
            scores[id(i)] = Float.NEGATIVE_INFINITY;
        }
        size = Math.min(size, count);
        sorted = Math.min(sorted, size);
    }

    /** Keeps the best {@code count} and all that tie with the last of them. */
    void keepBestWithTies(int count) {
        if (count < size) {
            select(count - 1);
            float least = score(count - 1);
            int kept = 0;
            for (int i = 0; i < size; i++) {
                kept = keepIf(score(i) >= least, i, kept);
            }
            size = kept;
            sorted = 0;
        }
    }

    /** Keeps those of at least this weight, and the best in any case. */
    void keepWeightsFrom(double least) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            kept = keepIf(weight(i) >= least || score(i) == best, i, kept);
        }
        size = kept;
        sorted = 0;
    }

    /**
     * Keeps those whose information is closest to the entropy until they reach this probability together, and ties with
     * the last of them. A weighted quick select: no sort.
     */
    void keepTypical(double probability) {
        double total = totalWeight();
        double logTotal = Math.log(total);
        double entropy = entropy();
        for (int i = 0; i < size; i++) {
            distances[i] = Math.abs(logTotal - ((double) score(i) - best) - entropy);
        }
        double before = 0;
        double farthest = Double.POSITIVE_INFINITY;
        int from = 0;
        int to = size;
        while (from < to) {
            double pivot = median(distances[from], distances[from + to >>> 1], distances[to - 1]);
            int less = from;
            int greater = to;
            double below = 0;
            double equal = 0;
            for (int i = from; i < greater; ) {
                if (distances[i] < pivot) {
                    below += weight(i);
                    swap(less++, i++);
                } else if (distances[i] > pivot) {
                    swap(i, --greater);
                } else {
                    equal += weight(i++);
                }
            }
            if (less > from && (before + below) / total >= probability) {
                to = less;
            } else if ((before + below + equal) / total >= probability || greater == to) {
                // The last ones may reach the sum only but for rounding.
                farthest = pivot;
                break;
            } else {
                before += below + equal;
                from = greater;
            }
        }
        int kept = 0;
        for (int i = 0; i < size; i++) {
            kept = keepIf(distances[i] <= farthest, i, kept);
        }
        size = kept;
        sorted = 0;
        weigh();
    }

    private void weigh() {
        best = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            best = Math.max(best, score(i));
        }
        for (int i = 0; i < size; i++) {
            weights[id(i)] = Math.exp((double) score(i) - best);
        }
    }

    private int keepIf(boolean keep, int index, int kept) {
        if (keep) {
            keys[kept] = keys[index];
            return kept + 1;
        }
        scores[id(index)] = Float.NEGATIVE_INFINITY;
        return kept;
    }

    private void swap(int a, int b) {
        long key = keys[a];
        keys[a] = keys[b];
        keys[b] = key;
        double distance = distances[a];
        distances[a] = distances[b];
        distances[b] = distance;
    }

    /** Puts the candidate of this rank in its place, better ones before it. Quick select; sorts when pivots stay bad. */
    private void select(int rank) {
        int from = sorted;
        int to = size - 1;
        int rounds = 2 * (32 - Integer.numberOfLeadingZeros(size));
        while (from < to) {
            if (rounds-- == 0) {
                Arrays.sort(keys, from, to + 1);
                return;
            }
            long pivot = median(keys[from], keys[from + to >>> 1], keys[to]);
            int i = from;
            int j = to;
            while (i <= j) {
                while (keys[i] < pivot) {
                    i++;
                }
                while (keys[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long key = keys[i];
                    keys[i++] = keys[j];
                    keys[j--] = key;
                }
            }
            if (rank <= j) {
                to = j;
            } else if (rank >= i) {
                from = i;
            } else {
                return;
            }
        }
    }

    private static long median(long a, long b, long c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    private static double median(double a, double b, double c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    /** Adding zero makes one of both zeros. */
    private static long key(float score, int id) {
        int bits = Float.floatToRawIntBits(score + 0.0f);
        int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) ~ascending << 32 | id;
    }
}
