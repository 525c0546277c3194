package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.generation.internal.sampling.TokenHistory;

/** One of the texts that a beam search continues side by side. It is for one step: its followers are beams of their own. */
final class Beam extends Sequence {

    private final BeamChoices choices;
    private final List<GeneratedToken> tokens;
    private final double sum;
    private BeamRanking ranking;

    /** The beginning of a search. */
    Beam(BeamChoices choices, GenerationRequest request, Beginning beginning) {
        super(request, beginning, new TokenHistory(beginning.read()));
        this.choices = choices;
        this.tokens = List.of();
        this.sum = 0;
    }

    /** What follows on a beam. It shares what the cache holds of that one, where it holds anything. */
    Beam(Beam parent, GeneratedToken token, double sum) {
        super(parent.request(), parent.beginning(), parent.history().copy());
        this.choices = parent.choices;
        this.tokens = parent.followedBy(token);
        this.sum = sum;
        begin(); // its prompt was counted
        history().append(token.id());
        if (parent.cached() != null) {
            hold(parent.cached().fork());
        }
    }

    @Override
    BeamChoices choices() {
        return choices;
    }

    /** New tokens. */
    List<GeneratedToken> tokens() {
        return tokens;
    }

    List<GeneratedToken> followedBy(GeneratedToken token) {
        List<GeneratedToken> followed = new ArrayList<>(tokens.size() + 1);
        followed.addAll(tokens);
        followed.add(token);
        return followed;
    }

    /** Log-probability of the new tokens. */
    double sum() {
        return sum;
    }

    /** What may follow, or null until that is known. */
    BeamRanking ranking() {
        return ranking;
    }

    /** What may follow is known, and others are not there yet. */
    @Override
    boolean waits() {
        return ranking != null;
    }

    @Override
    boolean untouched() {
        return tokens.isEmpty();
    }

    @Override
    boolean ended() {
        return choices.ended();
    }

    @Override
    void take(float[] scores) {
        ranking = choices.rank(scores);
    }

    @Override
    void end(FinishReason reason) {
        choices.end(reason);
    }
}
