package org.candor.generation.internal.sampling;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Biases, penalties and masks of one request, on the scores of the next token, in place. The order: sequence biases,
 * repetition, presence and frequency, logit bias, repeated runs, bad words, minimum lengths, forced tokens, decay,
 * suppressed tokens, grammar. Finite scores stay finite; a banned token gets minus infinity. One thread at a time.
 */
final class LogitPipeline {
    private final SamplingSettings settings;
    private final int vocabulary;
    private final int[] endTokens;
    private final int[][] sequences;
    private final double[] sequenceBiases;
    private final int[] biased;
    private final double[] biases;
    private final int[][] badWords;
    private final int[] suppressed;
    private final int[] suppressedAtBegin;

    /**
     * @param endTokens of the model, ascending or not
     * @throws IllegalArgumentException when settings name an id that is not in the vocabulary
     */
    LogitPipeline(SamplingSettings settings, int vocabulary, int[] endTokens) {
        this.settings = settings;
        this.vocabulary = Allowed.between("vocabulary", vocabulary, 1, Integer.MAX_VALUE);
        this.endTokens = inVocabulary("end token", endTokens.clone());
        List<SequenceBias> added = settings.biases().sequences();
        sequences = new int[added.size()][];
        sequenceBiases = new double[added.size()];
        for (int i = 0; i < sequences.length; i++) {
            sequences[i] = inVocabulary("sequence_bias", ids(added.get(i).ids()));
            sequenceBiases[i] = added.get(i).bias();
        }
        List<Map.Entry<Integer, Double>> moved = settings.biases().logitBias().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .toList();
        biased = inVocabulary(
                "logit_bias", moved.stream().mapToInt(Map.Entry::getKey).toArray());
        biases = moved.stream().mapToDouble(Map.Entry::getValue).toArray();
        badWords = settings.biases().badWords().stream()
                .map(word -> inVocabulary("bad_words_ids", ids(word)))
                .filter(word -> word.length > 1 || !contains(this.endTokens, word[0]))
                .toArray(int[][]::new);
        suppressed = inVocabulary("suppress_tokens", ids(settings.biases().suppress()));
        suppressedAtBegin =
                inVocabulary("begin_suppress_tokens", ids(settings.biases().suppressAtBegin()));
        if (settings.lengths().forcedFirst() >= 0) {
            inVocabulary("forced_bos_token_id", settings.lengths().forcedFirst());
        }
        if (settings.lengths().forcedLength() > 0 && this.endTokens.length == 0) {
            throw Allowed.refused(
                    "forced_eos_length", settings.lengths().forcedLength(), "0, as this model has no end token");
        }
    }

    /**
     * @param scores (vocabulary), changed; finite or minus infinity
     * @param allowed ids that a grammar allows, or null
     * @throws IllegalArgumentException when a score is NaN or plus infinity
     * @throws NoTokenLeftException when every token is banned; the scores are of no use then
     */
    void apply(float[] scores, TokenHistory history, BitSet allowed) {
        check(scores);
        requireAny(scores, history, "the model");
        biasSequences(scores, history);
        penalise(scores, history);
        for (int i = 0; i < biased.length; i++) {
            add(scores, biased[i], biases[i]);
        }
        banRepeatedRuns(scores, history);
        for (int[] word : badWords) {
            if (history.endsWith(word, word.length - 1)) {
                scores[word[word.length - 1]] = Float.NEGATIVE_INFINITY;
            }
        }
        ruleLength(scores, history);
        ban(scores, suppressed);
        if (history.length() == history.promptLength()) {
            ban(scores, suppressedAtBegin);
        }
        requireAny(scores, history, "what the request bans or forces");
        if (allowed != null) {
            for (int id = allowed.nextClearBit(0); id < vocabulary; id = allowed.nextClearBit(id + 1)) {
                scores[id] = Float.NEGATIVE_INFINITY;
            }
            requireAny(scores, history, "the grammar together with what the request bans or forces");
        }
    }

    private void check(float[] scores) {
        if (scores.length < vocabulary) {
            throw new IllegalArgumentException(
                    "scores: " + scores.length + " given, the vocabulary has " + vocabulary + " tokens");
        }
        for (int id = 0; id < vocabulary; id++) {
            if (!(scores[id] < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "score of token " + id + " is " + scores[id]
                                + "; scores are finite numbers or minus infinity. The model's weights or arithmetic are broken");
            }
        }
    }

    private void requireAny(float[] scores, TokenHistory history, String step) {
        for (int id = 0; id < vocabulary; id++) {
            if (scores[id] > Float.NEGATIVE_INFINITY) {
                return;
            }
        }
        throw new NoTokenLeftException(step, history.length());
    }

    private void biasSequences(float[] scores, TokenHistory history) {
        for (int i = 0; i < sequences.length; i++) {
            int[] sequence = sequences[i];
            if (history.endsWith(sequence, sequence.length - 1)) {
                add(scores, sequence[sequence.length - 1], sequenceBiases[i]);
            }
        }
    }

    /** Repetition: Keskar et al., "CTRL" (2019), section 4.1, in the form that keeps the sign. */
    private void penalise(float[] scores, TokenHistory history) {
        TokenPenalties penalties = settings.penalties();
        if (penalties.repetition() == 1 && penalties.presence() == 0 && penalties.frequency() == 0) {
            return;
        }
        for (int i = 0; i < history.distinctCount(); i++) {
            int id = history.distinct(i);
            if (id >= vocabulary || scores[id] == Float.NEGATIVE_INFINITY) {
                continue;
            }
            double score = scores[id];
            if (history.last(i) >= penalties.promptIgnored()) {
                score = score < 0 ? score * penalties.repetition() : score / penalties.repetition();
            }
            int count = history.generated(i);
            if (count > 0) {
                score -= penalties.frequency() * count + penalties.presence();
            }
            scores[id] = finite(score);
        }
    }

    private void banRepeatedRuns(float[] scores, TokenHistory history) {
        int run = settings.penalties().noRepeatNgram();
        if (run == 0 || run > history.length()) {
            return;
        }
        for (int from = 0; from + run <= history.length(); from++) {
            int next = history.id(from + run - 1);
            if (next < vocabulary && history.repeatsEnd(from, run - 1)) {
                scores[next] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    private void ruleLength(float[] scores, TokenHistory history) {
        LengthRules lengths = settings.lengths();
        int generated = history.length() - history.promptLength();
        if (lengths.ignoreEnd() || history.length() < lengths.minLength() || generated < lengths.minNewTokens()) {
            ban(scores, endTokens);
        }
        if (lengths.forcedFirst() >= 0 && history.length() == 1) {
            Arrays.fill(scores, 0, vocabulary, Float.NEGATIVE_INFINITY);
            scores[lengths.forcedFirst()] = 0;
        }
        if (history.length() == lengths.forcedLength() - 1) {
            Arrays.fill(scores, 0, vocabulary, Float.NEGATIVE_INFINITY);
            for (int id : endTokens) {
                scores[id] = 0;
            }
        }
        int late = generated - lengths.decayStart();
        if (lengths.decayFactor() > 1 && late > 0) {
            for (int id : endTokens) {
                add(scores, id, Math.abs((double) scores[id]) * (Math.pow(lengths.decayFactor(), late) - 1));
            }
        }
    }

    private static void ban(float[] scores, int[] ids) {
        for (int id : ids) {
            scores[id] = Float.NEGATIVE_INFINITY;
        }
    }

    /** A banned token stays banned. */
    private static void add(float[] scores, int id, double bias) {
        if (scores[id] > Float.NEGATIVE_INFINITY) {
            scores[id] = bias == Double.NEGATIVE_INFINITY ? Float.NEGATIVE_INFINITY : finite(scores[id] + bias);
        }
    }

    static float finite(double score) {
        return (float) Math.clamp(score, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    private int[] inVocabulary(String key, int... ids) {
        for (int id : ids) {
            Allowed.between(key, id, 0, vocabulary - 1);
        }
        return ids;
    }

    private static int[] ids(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean contains(int[] ids, int wanted) {
        return Arrays.stream(ids).anyMatch(id -> id == wanted);
    }
}
