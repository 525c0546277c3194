package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Piece;
import org.candor.generation.internal.sampling.SampledToken;
import org.candor.generation.internal.sampling.TokenHistory;

/** A continuation whose tokens are drawn one after the other. */
final class DrawnSequence extends Sequence {

    private final DrawnChoices choices;
    private final int number;
    private final DrawnSequence leader;
    private final TokenChoice tokenChoice;
    private final WrittenText text;
    private final PromptLookup lookup = new PromptLookup();
    private final List<GeneratedToken> tokens = new ArrayList<>();
    private double logprobs;
    private FinishReason finish;

    /**
     * @param beginning of all continuations of the prompt
     * @param number among the continuations of its prompt
     * @param leader the continuation of the same prompt that reads it, or null where it is this one
     * @param tokenChoice how its tokens are taken
     */
    DrawnSequence(
            DrawnChoices choices,
            GenerationRequest request,
            Beginning beginning,
            int number,
            DrawnSequence leader,
            TokenChoice tokenChoice,
            WrittenText text) {
        super(request, beginning, new TokenHistory(beginning.read()));
        this.choices = choices;
        this.number = number;
        this.leader = leader;
        this.tokenChoice = tokenChoice;
        this.text = text;
    }

    @Override
    Choices choices() {
        return choices;
    }

    /** Its beginning will soon be in the cache when a sister reads it. */
    @Override
    boolean waits() {
        return leader != null
                && leader.finish == null
                && leader.tokens.isEmpty()
                && !submission().over();
    }

    @Override
    boolean ended() {
        return finish != null;
    }

    @Override
    boolean untouched() {
        return tokens.isEmpty();
    }

    @Override
    void take(float[] scores) {
        SampledToken sampled = tokenChoice.next(scores, history());
        history().append(sampled.id());
        GeneratedToken token = new GeneratedToken(
                sampled.id(),
                sampled.logprob(),
                sampled.top().stream()
                        .map(top -> new GeneratedToken.Alternative(top.id(), top.logprob()))
                        .toList());
        tokens.add(token);
        logprobs += sampled.logprob();
        boolean ends = tokenChoice.ends(sampled.id()) || request().stopTokens().contains(sampled.id());
        String more = ends ? "" : text.next(sampled.id());
        if (ends || text.stop() != null) {
            finish = FinishReason.STOP;
        } else if (tokens.size() >= request().maxTokens()) {
            finish = FinishReason.LENGTH;
        }
        if (finish != null) {
            more += text.finish();
        }
        choices.write(new Piece(number, more, List.of(token), finish));
    }

    @Override
    int[] draft(int most, double cost) {
        int left = request().maxTokens() - tokens.size() - 1;
        return lookup.draft(history(), Math.min(most, left), cost);
    }

    @Override
    void judge(int drafted, int right) {
        lookup.judge(drafted, right);
    }

    @Override
    void end(FinishReason reason) {
        if (finish == null) {
            finish = reason;
            choices.write(new Piece(number, text.finish(), List.of(), reason));
        }
    }

    /** Of its tokens by the model, where probabilities are counted; without a token it is less likely than any text. */
    double meanLogprob() {
        return tokens.isEmpty() ? Double.NEGATIVE_INFINITY : logprobs / tokens.size();
    }

    Continuation continuation() {
        return new Continuation(text.whole(), tokens, finish, text.stop());
    }
}
