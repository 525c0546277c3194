package org.candor.transformer.internal.decoder;

/**
 * A rotary position embedding (Su et al. 2021): at position p, dimension i and i + rotary / 2 of a head turn by the angle
 * p * frequencies[i]. The kinds differ in how they stretch the frequencies of a model to texts longer than it was trained
 * on. Everything is computed in binary64.
 */
sealed interface RotaryEmbedding {

    /** Base of the frequencies. */
    double theta();

    /** Dimensions of a head that turn: even. */
    int rotary();

    /**
     * Turn per position of each pair of dimensions.
     *
     * @param length tokens of the whole text
     */
    double[] frequencies(int length);

    /** Factor on cosine and sine. */
    default double amplitude() {
        return 1;
    }

    /** Frequencies of a text of this length are those of every other length with the same number; -1: of none. */
    default int table(int length) {
        return 0;
    }

    /** How many tables have a number. */
    default int tables() {
        return 1;
    }

    /** A length that table number {@code table} is for. */
    default int lengthOf(int table) {
        return 1;
    }

    /** Whether keys that were turned in a text of one length have to be computed anew when it grows to another. */
    default boolean stale(int before, int after) {
        return false;
    }

    /** theta^(-2i / rotary) */
    private static double[] plain(double theta, int rotary) {
        double[] frequencies = new double[rotary / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(theta, -2.0 * i / rotary);
        }
        return frequencies;
    }

    /** As it was first described. */
    record Plain(double theta, int rotary) implements RotaryEmbedding {
        @Override
        public double[] frequencies(int length) {
            return plain(theta, rotary);
        }
    }

    /** Positions divided by a factor (Chen et al. 2023). */
    record Linear(double theta, int rotary, double factor) implements RotaryEmbedding {
        @Override
        public double[] frequencies(int length) {
            double[] frequencies = plain(theta, rotary);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factor;
            }
            return frequencies;
        }
    }

    /**
     * A base that grows with the text once it is longer than {@code original} ("dynamic NTK"). Keys in a cache keep the
     * turn they were written with, as transformers has it.
     */
    record Dynamic(double theta, int rotary, double factor, int original) implements RotaryEmbedding {
        @Override
        public double[] frequencies(int length) {
            double stretch = factor * Math.max(length, original) / original - (factor - 1);
            return plain(theta * Math.pow(stretch, rotary / (rotary - 2.0)), rotary);
        }

        @Override
        public int table(int length) {
            return length <= original ? 0 : -1;
        }
    }

    /** Long waves divided by a factor, short ones kept, those between interpolated (Llama 3.1). */
    record Llama3(double theta, int rotary, double factor, double low, double high, int original)
            implements RotaryEmbedding {
        @Override
        public double[] frequencies(int length) {
            double[] frequencies = plain(theta, rotary);
            for (int i = 0; i < frequencies.length; i++) {
                double turns = original * frequencies[i] / (2 * Math.PI);
                if (turns < low) {
                    frequencies[i] /= factor;
                } else if (turns <= high) {
                    double kept = (turns - low) / (high - low);
                    frequencies[i] = (1 - kept) * frequencies[i] / factor + kept * frequencies[i];
                }
            }
            return frequencies;
        }
    }

    /** Interpolation by dimension: YaRN (Peng et al. 2023, section 3). */
    record Yarn(
            double theta,
            int rotary,
            double factor,
            double fast,
            double slow,
            boolean truncate,
            int original,
            double amplitude)
            implements RotaryEmbedding {
        @Override
        public double[] frequencies(int length) {
            double low = dimension(fast);
            double high = dimension(slow);
            low = Math.max(truncate ? Math.floor(low) : low, 0);
            high = Math.min(truncate ? Math.ceil(high) : high, rotary - 1);
            if (low == high) {
                high += 0.001;
            }
            double[] frequencies = plain(theta, rotary);
            for (int i = 0; i < frequencies.length; i++) {
                double interpolated = Math.clamp((i - low) / (high - low), 0.0, 1.0);
                frequencies[i] = interpolated * frequencies[i] / factor + (1 - interpolated) * frequencies[i];
            }
            return frequencies;
        }

        /** The dimension that turns so many times over the original length. */
        private double dimension(double turns) {
            return rotary * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }
    }

    /** A factor for each frequency, one set for texts up to {@code original} and one for longer ones (Ding et al. 2024). */
    record LongRope(double theta, int rotary, double[] shorter, double[] longer, int original, double amplitude)
            implements RotaryEmbedding {
        @Override
        public double[] frequencies(int length) {
            double[] factors = length > original ? longer : shorter;
            double[] frequencies = plain(theta, rotary);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] /= factors[i];
            }
            return frequencies;
        }

        @Override
        public int table(int length) {
            return length > original ? 1 : 0;
        }

        @Override
        public int tables() {
            return 2;
        }

        @Override
        public int lengthOf(int table) {
            return table == 0 ? 1 : original + 1;
        }

        @Override
        public boolean stale(int before, int after) {
            return table(before) != table(after);
        }
    }
}
