package org.candor.gateway.internal;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Platform threads for work: on a virtual request thread it would hold a carrier that other connections need. Bounded in
 * threads, in what waits and in time. Work is never interrupted: an interrupt would close the file channel that a database
 * or an index happens to use. Thread safe.
 */
final class Workers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    private final ThreadPoolExecutor pool;
    private final int seconds;
    private final Duration closing;
    /** What somebody waits for. */
    private final Set<Future<?>> open = ConcurrentHashMap.newKeySet();

    /**
     * @param threads at most
     * @param queue requests that may wait for one
     * @param seconds a request may take, waiting included
     * @param closing what runs at a stop may take to end
     */
    Workers(int threads, int queue, int seconds, Duration closing) {
        this.seconds = seconds;
        this.closing = closing;
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
     * @throws ApiError 429 when too much waits, 503 when it took too long or outlasted a stop
     */
    Response run(Callable<Response> work) throws Exception {
        Future<Response> future = begin(work, () -> {});
        try {
            return future.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            future.cancel(false);
            throw tooSlow();
        } catch (InterruptedException e) {
            future.cancel(false);
            throw e;
        } catch (CancellationException e) {
            throw givenUp();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }

    /**
     * Begins work that others wait for by themselves. A stop that it outlasts cancels it.
     *
     * @param ended told once it has ended, however it did
     * @throws ApiError 429 when too much waits
     */
    <T> Future<T> begin(Callable<T> work, Runnable ended) {
        FutureTask<T> task = new FutureTask<>(work) {
            @Override
            protected void done() {
                open.remove(this);
                ended.run();
            }
        };
        open.add(task);
        try {
            pool.execute(task);
        } catch (RejectedExecutionException e) {
            open.remove(task);
            throw rejected();
        }
        return task;
    }

    private ApiError rejected() {
        return pool.isShutdown()
                ? new ApiError(503, "stopping", null, "The server is stopping.").header("Retry-After", "5")
                : new ApiError(429, "busy", null, "The server is busy. Try again shortly.").header("Retry-After", "1");
    }

    /** What the caller of work hears that the stop did not wait for. */
    static ApiError givenUp() {
        return new ApiError(
                        503,
                        "stopping",
                        null,
                        "The server stops and could not wait for this request to end. If it changes something, look "
                                + "whether it did before you send it again.")
                .header("Retry-After", "5");
    }

    /** What a request may take, waiting included. */
    Duration patience() {
        return Duration.ofSeconds(seconds);
    }

    ApiError tooSlow() {
        return new ApiError(503, "too_slow", null, "The request took longer than " + seconds + " s and was given up.")
                .header("Retry-After", "1");
    }

    /**
     * Takes no more work and gives what runs and what waits a while to end. What has not is given up: it goes on without
     * the services it needs, and whoever waits for it hears so instead of how it fails.
     */
    @Override
    public void close() {
        pool.shutdown();
        try {
            pool.awaitTermination(closing.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Future<?>> late = open.stream().filter(each -> each.cancel(false)).toList();
        if (!late.isEmpty()) {
            LOG.warn("{} requests outlasted the stop and were given up after {} s.", late.size(), closing.toSeconds());
        }
    }
}
