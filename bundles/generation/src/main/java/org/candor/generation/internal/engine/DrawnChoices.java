package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Piece;
import org.candor.api.generate.Search;

/**
 * Continuations that are drawn, each by itself. Where all of them are wanted they are told token by token; otherwise the likeliest
 * ones when the last has ended, of equally likely ones those that were drawn first.
 */
final class DrawnChoices implements Choices {

    private final Submission submission;
    private final GenerationRequest request;
    private final int first;
    private final boolean ranked;
    private final List<DrawnSequence> candidates = new ArrayList<>();
    private List<Continuation> best = List.of();
    private int ended;

    /** @param first number of the first continuation among all of the submission */
    DrawnChoices(Submission submission, GenerationRequest request, int first) {
        this.submission = submission;
        this.request = request;
        this.first = first;
        this.ranked = request.search() instanceof Search.Best(int drawn) && drawn > request.choices();
    }

    /** Before the submission is handed in. */
    void add(DrawnSequence candidate) {
        candidates.add(candidate);
    }

    @Override
    public Submission submission() {
        return submission;
    }

    @Override
    public int told() {
        return request.choices();
    }

    /** @param piece of the candidate that has its number */
    void write(Piece piece) {
        if (!ranked) {
            submission.write(new Piece(first + piece.choice(), piece.text(), piece.tokens(), piece.finish()));
        } else if (piece.finish() != null && ++ended == candidates.size()) {
            best = candidates.stream()
                    .sorted(Comparator.comparingDouble(DrawnSequence::meanLogprob)
                            .reversed())
                    .limit(request.choices())
                    .map(candidate -> asAsked(candidate.continuation()))
                    .toList();
            for (int i = 0; i < best.size(); i++) {
                Continuation one = best.get(i);
                submission.write(new Piece(first + i, one.text(), one.tokens(), one.finish()));
            }
        }
    }

    /** Ranking needs probabilities, which nobody may have asked for. */
    private Continuation asAsked(Continuation one) {
        if (request.sampling().logprobs() >= 0) {
            return one;
        }
        List<GeneratedToken> tokens = one.tokens().stream()
                .map(token -> new GeneratedToken(token.id(), Double.NaN, List.of()))
                .toList();
        return new Continuation(one.text(), tokens, one.finish(), one.stop());
    }

    @Override
    public List<Continuation> continuations() {
        return ranked
                ? best
                : candidates.stream().map(DrawnSequence::continuation).toList();
    }
}
