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
import org.candor.api.model.Adapter;

/**
 * What one caller asked for. The scheduler writes pieces and ends; the caller waits for them, so that a slow listener holds up
 * nobody else. One that only hands pieces on is told by the scheduler itself, and the caller waits for the end alone. Counters are
 * the scheduler's until the end has been told.
 */
final class Submission {

    private sealed interface Event {
        record Written(Piece piece) implements Event {}

        /** @param failure or null when all continuations have ended */
        record Over(GenerationException failure) implements Event {}
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final long begun = System.nanoTime();
    private final List<Choices> choices = new ArrayList<>();
    private final List<Sequence> sequences = new ArrayList<>();
    private final int promptTokens;
    private final Adapter adapter;
    private int open;
    private int places;
    private boolean over;
    private int cachedTokens;
    private int completionTokens;
    private long busyNanos;
    private long waitNanos = -1;
    private long firstNanos = -1;
    private long lastNanos = -1;
    private volatile boolean cancelled;
    /** Whom the scheduler tells pieces, or null while the caller does. Guarded by {@code events}. */
    private GenerationListener handsOn;

    /**
     * @param promptTokens of all prompts
     * @param adapter that its texts are read with, or null
     */
    Submission(int promptTokens, Adapter adapter) {
        this.promptTokens = promptTokens;
        this.adapter = adapter;
    }

    /** What its texts are read with, or null for the model as it is. */
    Adapter adapter() {
        return adapter;
    }

    /** What makes the scheduler look around. */
    static Submission nothing() {
        return new Submission(0, null);
    }

    /**
     * The next prompt; before the submission is handed to the scheduler.
     *
     * @param beginning what is read first, or waits for that
     * @param most texts that are written at the same time
     */
    void add(Choices more, List<? extends Sequence> beginning, int most) {
        choices.add(more);
        sequences.addAll(beginning);
        open += more.told();
        places += most;
    }

    /** What it begins with. */
    List<Sequence> sequences() {
        return sequences;
    }

    /** Most texts that it has written at the same time. */
    int places() {
        return places;
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

    /** A token is taken, told or not. */
    void token() {
        completionTokens++;
        lastNanos = System.nanoTime() - begun;
        if (firstNanos < 0) {
            firstNanos = lastNanos;
        }
    }

    /** Tells a piece of a continuation that is told; the one with the end of the last continuation ends everything. */
    void write(Piece piece) {
        if (over) {
            return;
        }
        try {
            if (!tell(piece)) {
                fail(unwanted());
            }
        } catch (RuntimeException e) {
            fail(new GenerationException(Kind.FAILED, null, "who wanted the text could not be told of it", e));
        }
        if (piece.finish() != null && --open == 0 && !over) {
            over = true;
            events.add(new Event.Over(null));
        }
    }

    /** @return false when nobody wants the text any more */
    private boolean tell(Piece piece) {
        synchronized (events) {
            if (handsOn != null) {
                return handsOn.piece(piece);
            }
            return events.add(new Event.Written(piece));
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
                handOver(listener);
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
            synchronized (events) {
                handsOn = null;
            }
        }
    }

    /** Has the scheduler tell a listener that only hands on, unless there is something that it has to be told before. */
    private void handOver(GenerationListener listener) {
        if (listener.handsOn()) {
            synchronized (events) {
                handsOn = events.isEmpty() ? listener : handsOn;
            }
        }
    }

    private static void wanted(boolean wanted) {
        if (!wanted) {
            throw unwanted();
        }
    }

    private static GenerationException unwanted() {
        return new GenerationException(Kind.CANCELLED, "nobody wants the text any more");
    }

    private Generated result() {
        List<Continuation> continuations =
                choices.stream().flatMap(each -> each.continuations().stream()).toList();
        return new Generated(
                continuations,
                promptTokens,
                cachedTokens,
                completionTokens,
                busyNanos,
                Math.max(0, waitNanos),
                firstNanos,
                lastNanos);
    }
}
