package org.candor.generation.internal.sampling;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Takes the next token of one text. The token depends on scores, settings, choice and tokens so far, on nothing else:
 * the same alone or in a batch, before and after an interruption. A token allocates its result only. One thread at a time.
 */
public final class Sampler {
    private final SamplingSettings settings;
    private final int vocabulary;
    private final int choice;
    private final LogitPipeline pipeline;
    private final Candidates candidates;
    private final float[] original;

    /** Working memory, (vocabulary): samplers that one thread uses may share it. */
    public static final class Room {
        private final int vocabulary;
        private final Candidates candidates;
        private final float[] original;

        /** @param vocabulary number of token ids */
        public Room(int vocabulary) {
            this.vocabulary = vocabulary;
            candidates = new Candidates(vocabulary);
            original = new float[vocabulary];
        }
    }

    /**
     * @param choice which of the texts that one request asked for, from 0
     * @param vocabulary number of token ids
     * @param endTokens of the model
     * @throws IllegalArgumentException when settings name an id that is not in the vocabulary
     */
    public Sampler(SamplingSettings settings, int choice, int vocabulary, int[] endTokens) {
        this(settings, choice, endTokens, new Room(vocabulary));
    }

    /**
     * The same with working memory that others use too.
     *
     * @throws IllegalArgumentException when settings name an id that is not in the vocabulary
     */
    public Sampler(SamplingSettings settings, int choice, int[] endTokens, Room room) {
        this.settings = settings;
        this.choice = Allowed.between("choice", choice, 0, Integer.MAX_VALUE);
        vocabulary = room.vocabulary;
        pipeline = new LogitPipeline(settings, vocabulary, endTokens);
        candidates = room.candidates;
        boolean ofModel = settings.logprobs() >= 0 && settings.logprobSource() == SamplingSettings.LogprobSource.MODEL;
        original = ofModel ? room.original : null;
    }

    /**
     * @param scores (vocabulary) before softmax, finite or minus infinity; overwritten with what the token was drawn from
     * @param history the text so far; the token is not added to it
     * @param allowed ids that a grammar allows, or null
     * @throws IllegalArgumentException when a score is NaN or plus infinity
     * @throws NoTokenLeftException when no token may be taken
     */
    public SampledToken next(float[] scores, TokenHistory history, BitSet allowed) {
        if (original != null && scores.length >= vocabulary) {
            System.arraycopy(scores, 0, original, 0, vocabulary);
        }
        pipeline.apply(scores, history, allowed);
        shape(scores);
        int token = take(history);
        if (settings.logprobs() < 0) {
            return new SampledToken(token, Double.NaN, List.of());
        }
        float[] reported = scores;
        if (original != null) {
            candidates.collect(original);
            reported = original;
        }
        double logTotal = Math.log(candidates.totalWeight()) + candidates.best();
        candidates.sortBest(settings.logprobs());
        List<TokenLogprob> top = new ArrayList<>();
        for (int i = 0; i < Math.min(settings.logprobs(), candidates.size()); i++) {
            top.add(new TokenLogprob(candidates.id(i), candidates.score(i) - logTotal));
        }
        return new SampledToken(token, reported[token] - logTotal, List.copyOf(top));
    }

    /** The scores as they are drawn from: divided by the temperature and cut. */
    private void shape(float[] scores) {
        double temperature = settings.temperature();
        if (temperature > 0 && temperature != 1) {
            float best = Float.NEGATIVE_INFINITY;
            for (int id = 0; id < vocabulary; id++) {
                best = Math.max(best, scores[id]);
            }
            // Below the best score, so that low temperatures neither overflow nor lose digits.
            for (int id = 0; id < vocabulary; id++) {
                if (scores[id] > Float.NEGATIVE_INFINITY) {
                    scores[id] = LogitPipeline.finite(((double) scores[id] - best) / temperature);
                }
            }
        }
        candidates.collect(scores);
        if (temperature > 0) {
            LogitCuts.apply(settings.cuts(), candidates);
        }
    }

    private int take(TokenHistory history) {
        if (settings.temperature() == 0) {
            candidates.sortBest(1);
            return candidates.id(0);
        }
        int position = history.length();
        int index =
                switch (settings.draw()) {
                    case INVERSE_CDF -> {
                        candidates.sortById();
                        yield Draw.inverseCdf(
                                candidates.size(),
                                candidates::weight,
                                candidates.totalWeight(),
                                Philox.uniform(settings.seed(), position, choice, 0));
                    }
                    case GUMBEL_MAX ->
                        Draw.gumbelMax(
                                candidates.size(),
                                candidates::weight,
                                i -> Philox.uniform(settings.seed(), position, choice, candidates.id(i)));
                };
        return candidates.id(index);
    }
}
