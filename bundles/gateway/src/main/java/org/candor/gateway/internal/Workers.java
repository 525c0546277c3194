package org.candor.gateway.internal;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Platform threads for work: on a virtual request thread it would hold a carrier that other connections need. Bounded in
 * threads, in what waits and in time. Work is never interrupted: an interrupt would close the file channel that a database
 * or an index happens to use. Thread safe.
 */
final class Workers implements AutoCloseable {

    private static final int CLOSING_SECONDS = 10;

    private final ThreadPoolExecutor pool;
    private final int seconds;

    /**
     * @param threads at most
     * @param queue requests that may wait for one
     * @param seconds a request may take, waiting included
     */
    Workers(int threads, int queue, int seconds) {
        this.seconds = seconds;
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().daemon().name("candor-gateway-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Does the work on a thread of the pool and waits for it.
     *
     * @throws ApiError 429 when too much waits, 503 when it took too long
     */
    Response run(Callable<Response> work) throws Exception {
        Future<Response> future;
        try {
            future = pool.submit(work);
        } catch (RejectedExecutionException e) {
            throw rejected();
        }
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            future.cancel(false);
            throw tooSlow();
        } catch (InterruptedException e) {
            future.cancel(false);
            throw e;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }

    /**
     * Begins work that others wait for by themselves.
     *
     * @param ended told once it has ended, however it did
     * @throws ApiError 429 when too much waits
     */
    <T> Future<T> begin(Callable<T> work, Runnable ended) {
        FutureTask<T> task = new FutureTask<>(work) {
            @Override
            protected void done() {
                ended.run();
            }
        };
        try {
            pool.execute(task);
        } catch (RejectedExecutionException e) {
            throw rejected();
        }
        return task;
    }

    private ApiError rejected() {
        return pool.isShutdown()
                ? new ApiError(503, "stopping", null, "The server is stopping.").header("Retry-After", "5")
                : new ApiError(429, "busy", null, "The server is busy. Try again shortly.").header("Retry-After", "1");
    }

    /** What a request may take, waiting included. */
    Duration patience() {
        return Duration.ofSeconds(seconds);
    }

    ApiError tooSlow() {
        return new ApiError(503, "too_slow", null, "The request took longer than " + seconds + " s and was given up.")
                .header("Retry-After", "1");
    }

    /** Takes no more work and gives what runs and what waits ten seconds to end. */
    @Override
    public void close() {
        pool.shutdown();
        try {
            pool.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
