package org.candor.generation.internal.engine;

import java.util.Map;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.Search;

/**
 * What a request may ask of a model. How tokens are drawn is checked where that is compiled.
 *
 * @param vocabulary number of token ids
 * @param maxTokens of one text
 * @param hasText whether the model has a tokenizer
 */
record RequestChecks(int vocabulary, int maxTokens, boolean hasText) {

    private static final int MOST_CHOICES = 128;
    private static final int MOST_BEAMS = 64;
    private static final double MOST_LENGTH_PENALTY = 100;
    private static final String BEST_OF = "best_of";

    /** @throws GenerationException INVALID, naming the parameter and what is allowed */
    void check(GenerationRequest request) {
        int prompt = request.prompt().length;
        if (prompt == 0) {
            throw invalid("prompt", "a prompt has no token; at least 1 is needed");
        }
        for (int id : request.prompt()) {
            inVocabulary("prompt", id);
        }
        if (request.choices() < 1 || request.choices() > MOST_CHOICES) {
            throw invalid("n", "n is " + request.choices() + "; 1 to " + MOST_CHOICES + " are allowed");
        }
        if (request.maxTokens() < 1) {
            throw invalid("max_tokens", "max_tokens is " + request.maxTokens() + "; at least 1 is needed");
        }
        if ((long) prompt + request.maxTokens() > maxTokens) {
            throw invalid(
                    "max_tokens",
                    "the prompt has " + prompt + " tokens and max_tokens is " + request.maxTokens()
                            + "; together they may be at most " + maxTokens);
        }
        if (!hasText && (!request.stops().isEmpty() || request.jsonSchema() != null)) {
            throw invalid(
                    request.jsonSchema() == null ? "stop" : "response_format",
                    "this model has no tokenizer, so that its text is not known; leave this out");
        }
        for (int id : request.stopTokens()) {
            inVocabulary("stop_token_ids", id);
        }
        switch (request.search()) {
            case Search.Drawn() -> {
                // nothing more
            }
            case Search.Best(int candidates) -> candidates(candidates, request.choices(), MOST_CHOICES);
            case Search.Beams beams -> beams(beams, request);
        }
    }

    private void inVocabulary(String parameter, int id) {
        if (id < 0 || id >= vocabulary) {
            throw invalid(parameter, "token id " + id + " is not in the vocabulary of 0 to " + (vocabulary - 1));
        }
    }

    private static void candidates(int candidates, int choices, int most) {
        if (candidates < choices || candidates > most) {
            throw invalid(
                    BEST_OF, "best_of is " + candidates + "; n, which is " + choices + ", to " + most + " are allowed");
        }
    }

    private void beams(Search.Beams beams, GenerationRequest request) {
        candidates(beams.width(), request.choices(), Math.min(MOST_BEAMS, vocabulary / 2));
        if (!(Math.abs(beams.lengthPenalty()) <= MOST_LENGTH_PENALTY)) {
            throw invalid(
                    "length_penalty",
                    "length_penalty is " + beams.lengthPenalty() + "; -" + MOST_LENGTH_PENALTY + " to "
                            + MOST_LENGTH_PENALTY + " are allowed");
        }
        Sampling sampling = request.sampling();
        Sampling plain = Sampling.PLAIN;
        if (sampling.logprobs() < -1 || sampling.logprobs() > 20) {
            throw invalid("logprobs", "logprobs is " + sampling.logprobs() + "; -1 to 20 are allowed");
        }
        off("temperature", sampling.temperature() == 0 || sampling.temperature() == plain.temperature());
        off("top_k", sampling.topK() == plain.topK());
        off("top_p", sampling.topP() == plain.topP());
        off("min_p", sampling.minP() == plain.minP());
        off("typical_p", sampling.typicalP() == plain.typicalP());
        off("repetition_penalty", sampling.repetitionPenalty() == plain.repetitionPenalty());
        off("presence_penalty", sampling.presencePenalty() == plain.presencePenalty());
        off("frequency_penalty", sampling.frequencyPenalty() == plain.frequencyPenalty());
        off("no_repeat_ngram_size", sampling.noRepeatNgram() == plain.noRepeatNgram());
        off("logit_bias", sampling.logitBias().equals(Map.of()));
        off("min_tokens", sampling.minTokens() == plain.minTokens());
        off("stop", request.stops().isEmpty());
        off("response_format", request.jsonSchema() == null);
    }

    private static void off(String parameter, boolean isOff) {
        if (!isOff) {
            throw invalid(parameter, parameter + " has no meaning in a beam search; leave it out");
        }
    }

    static GenerationException invalid(String parameter, String message) {
        return new GenerationException(Kind.INVALID, parameter, message, null);
    }
}
