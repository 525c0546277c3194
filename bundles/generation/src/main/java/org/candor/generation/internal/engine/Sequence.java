package org.candor.generation.internal.engine;

import org.candor.api.generate.FinishReason;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.model.Adapter;
import org.candor.api.model.CachedText;
import org.candor.generation.internal.sampling.TokenHistory;

/** A text that is read and written: its tokens, and what the cache holds of them. Used by the scheduler's thread. */
abstract sealed class Sequence permits DrawnSequence, Beam {

    private final GenerationRequest request;
    private final Beginning beginning;
    private final TokenHistory history;
    private CachedText cached;
    private boolean begun;

    /** @param history of its own, with what the beginning has to be read */
    Sequence(GenerationRequest request, Beginning beginning, TokenHistory history) {
        this.request = request;
        this.beginning = beginning;
        this.history = history;
    }

    abstract Choices choices();

    /** Whether it is not to be taken in yet, because others have to be read before it. */
    abstract boolean waits();

    /** Whether nothing was written yet. */
    abstract boolean untouched();

    abstract boolean ended();

    /**
     * Takes what follows from its scores.
     *
     * @param scores (vocabulary), overwritten
     * @throws IllegalArgumentException when a score is no number
     * @throws IllegalStateException when no token may be taken
     */
    abstract void take(float[] scores);

    /**
     * What may follow, to be read with the next token that is taken; none where nothing is known.
     *
     * @param most tokens
     * @param cost of a token more, as a share of what a token costs that is taken
     */
    int[] draft(int most, double cost) {
        return new int[0];
    }

    /** Tells how many tokens of a draft followed. */
    void judge(int drafted, int right) {
        // Nothing is learned where nothing is drafted.
    }

    /** Ends it where it is, unless it has ended. */
    abstract void end(FinishReason reason);

    final GenerationRequest request() {
        return request;
    }

    final Submission submission() {
        return choices().submission();
    }

    final String tenant() {
        return request.tenant();
    }

    final Beginning beginning() {
        return beginning;
    }

    /** What it is read with, or null for the model as it is. */
    final Adapter adapter() {
        return submission().adapter();
    }

    final TokenHistory history() {
        return history;
    }

    /** Keys and values of its first tokens, or null while it waits. */
    final CachedText cached() {
        return cached;
    }

    /** Begins to be read, after what {@code held} holds already. */
    final void hold(CachedText held) {
        cached = held;
    }

    /** Whether it begins for the first time. */
    final boolean begin() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    /** Waits again: its tokens stay, their keys and values go with what is returned. */
    final CachedText release() {
        CachedText held = cached;
        cached = null;
        return held;
    }

    /** Forgets what was drafted and did not follow; the last token of a text is not read. */
    final void forgetDraft() {
        int read = history.length() - 1;
        if (cached.length() > read) {
            cached.truncate(read);
        }
    }

    /** Tokens that the cache does not hold. */
    final int unread() {
        return history.length() - cached.length();
    }

    /** Whether it runs without anything to read. */
    final boolean idle() {
        return unread() == 0;
    }

    final boolean overdue(long now) {
        return now - submission().begun() > request.patience().toNanos();
    }

    /** Whether nobody wants it any more, or there is nothing to be done for it. */
    final boolean done() {
        return submission().cancelled() || submission().over() || ended();
    }
}
