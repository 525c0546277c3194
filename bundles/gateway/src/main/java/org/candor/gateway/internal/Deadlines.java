package org.candor.gateway.internal;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends blocking reads of a request's body. A servlet's blocking read waits for the next byte for as long as the
 * connection may be idle, and interruption is the one means of ending it. Only the read is ever interrupted: a deadline
 * is closed before anything else is done. Thread safe.
 */
final class Deadlines implements AutoCloseable {

    private final ScheduledThreadPoolExecutor clock;

    Deadlines() {
        clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("candor-gateway-deadlines").factory());
        clock.setRemoveOnCancelPolicy(true);
    }

    /** Starts a deadline for the calling thread, which must close it. */
    Deadline in(long millis) {
        Deadline deadline = new Deadline(Thread.currentThread(), System.nanoTime() + millis * 1_000_000L);
        try {
            deadline.task = clock.schedule(deadline::fire, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            throw new ApiError(503, "stopping", null, "The server is stopping.").header("Retry-After", "5");
        }
        return deadline;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** One thread's deadline. */
    static final class Deadline implements AutoCloseable {

        private final Thread reader;
        private final long at;
        private Future<?> task;
        private boolean closed;
        private boolean fired;

        private Deadline(Thread reader, long at) {
            this.reader = reader;
            this.at = at;
        }

        boolean passed() {
            return System.nanoTime() - at > 0;
        }

        private synchronized void fire() {
            if (!closed) {
                fired = true;
                reader.interrupt();
            }
        }

        /** After this the thread is not interrupted, and an interruption that came too late to be seen is taken back. */
        @Override
        public void close() {
            task.cancel(false);
            synchronized (this) {
                closed = true;
                if (fired) {
                    Thread.interrupted();
                }
            }
        }
    }
}
