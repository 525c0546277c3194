package org.candor.generation.internal.engine;

import java.util.List;
import org.candor.api.generate.Sampling;
import org.candor.generation.internal.sampling.LengthRules;
import org.candor.generation.internal.sampling.SamplingSettings;
import org.candor.generation.internal.sampling.TokenBiases;
import org.candor.generation.internal.sampling.TokenCuts;
import org.candor.generation.internal.sampling.TokenPenalties;

/** The parameters of a request as the sampler takes them. */
final class SamplingAsAsked {

    private SamplingAsAsked() {}

    /** @throws IllegalArgumentException naming the parameter, the value and what is allowed */
    static SamplingSettings settings(Sampling asked) {
        return SamplingSettings.DEFAULT
                .withTemperature(asked.temperature())
                .withCuts(new TokenCuts(0, asked.topK(), asked.topP(), asked.minP(), asked.typicalP(), 0, 0))
                .withPenalties(new TokenPenalties(
                        asked.repetitionPenalty(),
                        0,
                        asked.presencePenalty(),
                        asked.frequencyPenalty(),
                        asked.noRepeatNgram()))
                .withBiases(new TokenBiases(List.of(), asked.logitBias(), List.of(), List.of(), List.of()))
                .withLengths(new LengthRules(0, asked.minTokens(), 0, -1, 0, 1, asked.ignoreEnd()))
                .withDraw(SamplingSettings.DrawMethod.INVERSE_CDF, asked.seed())
                .withLogprobs(asked.logprobs(), SamplingSettings.LogprobSource.MODEL);
    }
}
