package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Piece;
import org.candor.api.generate.Search;

/**
 * A beam search as transformers 5 defines it. Each step ranks the 2 * width likeliest continuations of all beams. Those of the first
 * {@code width} that end have ended; the likeliest {@code width} that do not end are the next beams. A step is done when all beams
 * were scored, in whichever passes that was.
 */
final class BeamChoices implements Choices {

    /** A text that has ended. */
    private record Hypothesis(List<GeneratedToken> tokens, double score, FinishReason finish) {}

    private record Candidate(Beam parent, int id, double logprob) {
        double sum() {
            return parent.sum() + logprob;
        }

        GeneratedToken token(boolean reported) {
            return new GeneratedToken(
                    id, reported ? logprob : Double.NaN, parent.ranking().top());
        }
    }

    private final Submission submission;
    private final GenerationRequest request;
    private final int first;
    private final Search.Beams search;
    private final Set<Integer> ends;
    private final Set<Integer> banned;
    private final Supplier<WrittenText> texts;
    private final List<Hypothesis> finished = new ArrayList<>();
    private final List<Continuation> told = new ArrayList<>();
    private List<Beam> beams;

    /**
     * @param beginning of all beams
     * @param first number of the first continuation among all of the submission
     * @param endTokens of the model
     * @param texts each a new one
     */
    BeamChoices(
            Submission submission,
            GenerationRequest request,
            Beginning beginning,
            Search.Beams search,
            int first,
            Set<Integer> endTokens,
            Supplier<WrittenText> texts) {
        this.submission = submission;
        this.request = request;
        this.search = search;
        this.first = first;
        this.texts = texts;
        this.banned = request.sampling().ignoreEnd() ? endTokens : Set.of();
        this.ends = new HashSet<>(request.stopTokens());
        if (!request.sampling().ignoreEnd()) {
            ends.addAll(endTokens);
        }
        this.beams = List.of(new Beam(this, request, beginning));
    }

    @Override
    public Submission submission() {
        return submission;
    }

    @Override
    public int told() {
        return request.choices();
    }

    /** Those of this step. */
    List<Beam> beams() {
        return beams;
    }

    boolean ended() {
        return beams.isEmpty();
    }

    BeamRanking rank(float[] scores) {
        return BeamRanking.of(
                scores,
                2 * search.width(),
                banned,
                Math.max(0, request.sampling().logprobs()));
    }

    /** Whether all beams of this step were scored. */
    boolean scored() {
        return !ended() && beams.stream().allMatch(beam -> beam.ranking() != null);
    }

    /** Takes the step; the beams before it and what they hold are the caller's. There are none after the end. */
    void advance() {
        int length = beams.getFirst().tokens().size() + 1;
        List<Candidate> survivors = new ArrayList<>();
        List<Candidate> candidates = candidates();
        for (int rank = 0; rank < candidates.size(); rank++) {
            Candidate candidate = candidates.get(rank);
            boolean ends = this.ends.contains(candidate.id);
            if (rank < search.width() && (ends || length == request.maxTokens())) {
                finished.add(new Hypothesis(
                        candidate.parent.followedBy(candidate.token(reported())),
                        score(candidate.sum(), length),
                        ends ? FinishReason.STOP : FinishReason.LENGTH));
            }
            if (!ends && survivors.size() < search.width()) {
                survivors.add(candidate);
            }
        }
        keepBest();
        if (length == request.maxTokens()
                || survivors.isEmpty()
                || stops(survivors.getFirst().sum(), length)) {
            tell(FinishReason.LENGTH);
        } else {
            beams = survivors.stream()
                    .map(survivor -> new Beam(survivor.parent, survivor.token(reported()), survivor.sum()))
                    .toList();
        }
    }

    private boolean reported() {
        return request.sampling().logprobs() >= 0;
    }

    /** The likeliest of all beams; of equally likely ones those of the earlier beam and the lower token. */
    private List<Candidate> candidates() {
        List<Candidate> all = new ArrayList<>();
        for (Beam beam : beams) {
            BeamRanking ranking = beam.ranking();
            for (int i = 0; i < ranking.ids().length; i++) {
                all.add(new Candidate(beam, ranking.ids()[i], ranking.logprobs()[i]));
            }
        }
        all.sort(Comparator.comparingDouble(Candidate::sum).reversed());
        return all.subList(0, Math.min(all.size(), 2 * search.width()));
    }

    private double score(double sum, int length) {
        return sum / Math.pow(length, search.lengthPenalty());
    }

    /** Of equal scores those found first stay: the sort is stable. */
    private void keepBest() {
        finished.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
        if (finished.size() > search.width()) {
            finished.subList(search.width(), finished.size()).clear();
        }
    }

    private boolean stops(double best, int length) {
        if (finished.size() < search.width()) {
            return false;
        }
        double reachable =
                switch (search.stopping()) {
                    case EARLY -> Double.NEGATIVE_INFINITY;
                    case HEURISTIC -> score(best, length);
                    case EXHAUSTIVE -> score(best, search.lengthPenalty() > 0 ? request.maxTokens() : length);
                };
        return reachable <= finished.getLast().score;
    }

    /** Ends it where it is: what still runs counts as it is. */
    void end(FinishReason reason) {
        if (!ended()) {
            for (Beam beam : beams) {
                if (!beam.tokens().isEmpty()) {
                    finished.add(new Hypothesis(
                            beam.tokens(), score(beam.sum(), beam.tokens().size()), reason));
                }
            }
            keepBest();
            tell(reason);
        }
    }

    /** @param reason of texts that there are too few of */
    private void tell(FinishReason reason) {
        beams = List.of();
        for (int i = 0; i < request.choices(); i++) {
            told.add(continuation(
                    i < finished.size()
                            ? finished.get(i)
                            : new Hypothesis(List.of(), Double.NEGATIVE_INFINITY, reason)));
        }
        for (int i = 0; i < told.size(); i++) {
            Continuation one = told.get(i);
            submission.write(new Piece(first + i, one.text(), one.tokens(), one.finish()));
        }
    }

    private Continuation continuation(Hypothesis one) {
        WrittenText text = texts.get();
        int said = one.tokens.size() - (one.finish == FinishReason.STOP ? 1 : 0);
        one.tokens.subList(0, said).forEach(token -> text.next(token.id()));
        text.finish();
        return new Continuation(text.whole(), one.tokens, one.finish, null);
    }

    @Override
    public List<Continuation> continuations() {
        return told;
    }
}
