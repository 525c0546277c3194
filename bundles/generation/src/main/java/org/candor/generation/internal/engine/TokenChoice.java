package org.candor.generation.internal.engine;

import java.util.BitSet;
import java.util.Set;
import org.candor.generation.internal.grammar.JsonGrammar;
import org.candor.generation.internal.grammar.TokenMask;
import org.candor.generation.internal.sampling.SampledToken;
import org.candor.generation.internal.sampling.Sampler;
import org.candor.generation.internal.sampling.TokenHistory;

/** How one continuation takes its tokens: sampling, and a grammar where there is one. */
final class TokenChoice {

    private final Sampler sampler;
    private final Set<Integer> endTokens;
    private final TokenMask mask;
    private JsonGrammar.State state;

    /**
     * @param endTokens that end the text; empty where they are ignored
     * @param mask with {@code start}, or both null
     */
    TokenChoice(Sampler sampler, Set<Integer> endTokens, TokenMask mask, JsonGrammar.State start) {
        this.sampler = sampler;
        this.endTokens = endTokens;
        this.mask = mask;
        this.state = start;
    }

    SampledToken next(float[] scores, TokenHistory history) {
        BitSet allowed = mask == null ? null : mask.allowed(state);
        SampledToken token = sampler.next(scores, history, allowed);
        if (mask != null && !ends(token.id())) {
            state = mask.after(state, token.id());
        }
        return token;
    }

    boolean ends(int token) {
        return endTokens.contains(token);
    }
}
