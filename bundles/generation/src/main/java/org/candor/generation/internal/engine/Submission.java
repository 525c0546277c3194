package org.candor.generation.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.generate.GenerationListener;
import org.candor.api.generate.Piece;

/**
 * What one caller asked for. The scheduler writes pieces and ends; the caller waits for them, so that a slow listener holds up
 * nobody else. Counters are the scheduler's until the end has been told.
 */
final class Submission {

    private sealed interface Event {
        record Written(Piece piece) implements Event {}

        /** @param failure or null when all continuations have ended */
        record Over(GenerationException failure) implements Event {}
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final long begun = System.nanoTime();
    private final List<Sequence> sequences = new ArrayList<>();
    private final int promptTokens;
    private int open;
    private boolean over;
    private int cachedTokens;
    private long busyNanos;
    private long waitNanos = -1;
    private long firstNanos = -1;
    private long lastNanos = -1;
    private volatile boolean cancelled;

    /** @param promptTokens of all prompts */
    Submission(int promptTokens) {
        this.promptTokens = promptTokens;
    }

    /** Before it is handed to the scheduler. */
    void add(Sequence sequence) {
        sequences.add(sequence);
        open++;
    }

    List<Sequence> sequences() {
        return sequences;
    }

    long begun() {
        return begun;
    }

    boolean cancelled() {
        return cancelled;
    }

    /** Whether the caller was told the end. */
    boolean over() {
        return over;
    }

    void cached(int tokens) {
        cachedTokens += tokens;
    }

    void worked(long nanos) {
        busyNanos += nanos;
        if (waitNanos < 0) {
            waitNanos = System.nanoTime() - begun;
        }
    }

    void write(Piece piece) {
        if (!piece.tokens().isEmpty()) {
            lastNanos = System.nanoTime() - begun;
            firstNanos = firstNanos < 0 ? lastNanos : firstNanos;
        }
        events.add(new Event.Written(piece));
        if (piece.finish() != null && --open == 0) {
            over = true;
            events.add(new Event.Over(null));
        }
    }

    void fail(GenerationException failure) {
        if (!over) {
            over = true;
            events.add(new Event.Over(failure));
        }
    }

    /** Waits for the end; on the caller's thread. */
    Generated await(GenerationListener listener) {
        boolean whole = false;
        try {
            while (true) {
                switch (events.poll(1, TimeUnit.SECONDS)) {
                    case null -> wanted(listener.wanted());
                    case Event.Written written -> wanted(listener.piece(written.piece()));
                    case Event.Over end -> {
                        whole = true;
                        if (end.failure() != null) {
                            throw end.failure();
                        }
                        return result();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GenerationException(Kind.CANCELLED, null, "the thread that wanted the text was interrupted", e);
        } finally {
            cancelled = !whole;
        }
    }

    private static void wanted(boolean wanted) {
        if (!wanted) {
            throw new GenerationException(Kind.CANCELLED, "nobody wants the text any more");
        }
    }

    private Generated result() {
        List<Continuation> continuations =
                sequences.stream().map(Sequence::continuation).toList();
        int tokens = continuations.stream()
                .mapToInt(continuation -> continuation.tokens().size())
                .sum();
        return new Generated(
                continuations,
                promptTokens,
                cachedTokens,
                tokens,
                busyNanos,
                Math.max(0, waitNanos),
                firstNanos,
                lastNanos);
    }
}
