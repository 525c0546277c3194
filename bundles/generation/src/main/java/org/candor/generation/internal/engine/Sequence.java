package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Piece;
import org.candor.api.model.CachedText;
import org.candor.generation.internal.sampling.SampledToken;
import org.candor.generation.internal.sampling.TokenHistory;

/** One continuation: its tokens, what the cache holds of them, and its text. Used by the scheduler's thread. */
final class Sequence {

    private final Submission submission;
    private final GenerationRequest request;
    private final int choice;
    private final Sequence leader;
    private final TokenHistory history;
    private final TokenChoice tokenChoice;
    private final WrittenText text;
    private final List<GeneratedToken> tokens = new ArrayList<>();
    private CachedText cached;
    private boolean begun;
    private FinishReason finish;

    /**
     * @param choice number among all continuations of the submission
     * @param leader the continuation of the same prompt that reads it, or null where it is this one
     * @param tokenChoice how its tokens are taken
     */
    Sequence(
            Submission submission,
            GenerationRequest request,
            int choice,
            Sequence leader,
            TokenChoice tokenChoice,
            WrittenText text) {
        this.submission = submission;
        this.request = request;
        this.choice = choice;
        this.leader = leader;
        this.history = new TokenHistory(request.prompt());
        this.tokenChoice = tokenChoice;
        this.text = text;
    }

    Submission submission() {
        return submission;
    }

    String tenant() {
        return request.tenant();
    }

    TokenHistory history() {
        return history;
    }

    /** Keys and values of its first tokens, or null while it waits. */
    CachedText cached() {
        return cached;
    }

    /** Begins to be read, after what {@code held} holds already. */
    void hold(CachedText held) {
        cached = held;
    }

    /** Whether it begins for the first time. */
    boolean begin() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    /** Waits again: its tokens stay, their keys and values go with what is returned. */
    CachedText release() {
        CachedText held = cached;
        cached = null;
        return held;
    }

    /** Tokens that the cache does not hold. */
    int unread() {
        return history.length() - cached.length();
    }

    /** Whether its beginning will soon be in the cache, because a sister reads it. */
    boolean waitsForLeader() {
        return leader != null && leader.finish == null && leader.tokens.isEmpty() && !leader.submission.over();
    }

    boolean overdue(long now) {
        return now - submission.begun() > request.patience().toNanos();
    }

    boolean ended() {
        return finish != null;
    }

    boolean untouched() {
        return tokens.isEmpty();
    }

    /** Takes the next token from its scores and tells what it adds. */
    void take(float[] scores) {
        SampledToken sampled = tokenChoice.next(scores, history);
        history.append(sampled.id());
        GeneratedToken token = new GeneratedToken(
                sampled.id(),
                sampled.logprob(),
                sampled.top().stream()
                        .map(top -> new GeneratedToken.Alternative(top.id(), top.logprob()))
                        .toList());
        tokens.add(token);
        boolean ends = tokenChoice.ends(sampled.id()) || request.stopTokens().contains(sampled.id());
        String more = ends ? "" : text.next(sampled.id());
        if (ends || text.stop() != null) {
            finish = FinishReason.STOP;
        } else if (tokens.size() >= request.maxTokens()) {
            finish = FinishReason.LENGTH;
        }
        if (finish != null) {
            more += text.finish();
        }
        submission.write(new Piece(choice, more, List.of(token), finish));
    }

    /** Ends it where it is. */
    void end(FinishReason reason) {
        finish = reason;
        submission.write(new Piece(choice, text.finish(), List.of(), reason));
    }

    Continuation continuation() {
        return new Continuation(text.whole(), tokens, finish, text.stop());
    }
}
