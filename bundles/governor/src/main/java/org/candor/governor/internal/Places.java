package org.candor.governor.internal;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;

/** A bounded number of places for operations that run models; who finds none waits, in order and not for ever. Thread safe. */
final class Places {

    private final Semaphore free;
    private final AtomicInteger waiting = new AtomicInteger();
    private final int queue;
    private final long waitMillis;

    Places(int count, int queue, long waitMillis) {
        this.free = new Semaphore(count, true);
        this.queue = queue;
        this.waitMillis = waitMillis;
    }

    /** Takes a place until the result is closed. */
    Place take() {
        try {
            // The timed form is fair: a newcomer does not pass those who wait.
            if (!free.tryAcquire(0, TimeUnit.MILLISECONDS)) {
                await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy("the server is stopping");
        }
        return free::release;
    }

    private void await() throws InterruptedException {
        try {
            if (waiting.incrementAndGet() > queue) {
                throw busy("more than " + queue + " requests are waiting");
            }
            if (!free.tryAcquire(waitMillis, TimeUnit.MILLISECONDS)) {
                throw busy("no place came free in " + waitMillis + " ms");
            }
        } finally {
            waiting.decrementAndGet();
        }
    }

    private static OperationException busy(String why) {
        return new OperationException(Kind.BUSY, "busy", "The server is busy: " + why + ". Try again shortly.");
    }

    /** A place that is held. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }
}
