package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WorkersTest {

    private static final Response DONE = Response.empty(204);
    private static final Duration PATIENT = Duration.ofSeconds(60);

    @Test
    void workRunsOnPlatformThreadsAndItsExceptionsComeThrough() throws Exception {
        try (Workers workers = new Workers(1, 1, 10, PATIENT)) {
            AtomicBoolean virtual = new AtomicBoolean(true);
            assertSame(DONE, workers.run(() -> {
                virtual.set(Thread.currentThread().isVirtual());
                return DONE;
            }));
            assertFalse(virtual.get());
            IllegalStateException thrown = new IllegalStateException("x");
            assertSame(
                    thrown,
                    assertThrows(
                            IllegalStateException.class,
                            () -> workers.run(() -> {
                                throw thrown;
                            })));
        }
    }

    @Test
    void whatRunsEndsBeforeAStopAndWhatComesIsToldThatItStops() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        Workers workers = new Workers(1, 1, 60, PATIENT);
        Thread running = start(workers, () -> {
            inside.countDown();
            leave.await();
            ended.set(true);
            return DONE;
        });
        inside.await();
        Thread closing = Thread.ofPlatform().start(workers::close);
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        ApiError e = assertThrows(ApiError.class, () -> workers.run(() -> DONE));
        assertEquals(503, e.status());
        assertEquals("stopping", e.code());
        assertFalse(ended.get());
        leave.countDown();
        closing.join();
        running.join();
        assertTrue(ended.get());
    }

    @Test
    void whatOutlastsAStopIsToldSoAndNotHowItFailsAfterwards() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicBoolean begun = new AtomicBoolean();
        Workers workers = new Workers(1, 1, 60, Duration.ofMillis(1));
        BlockingQueue<Exception> heard = new LinkedBlockingQueue<>();
        AtomicReference<Thread> worker = new AtomicReference<>();
        waitFor(workers, heard, () -> {
            worker.set(Thread.currentThread());
            inside.countDown();
            leave.await();
            throw new IllegalStateException("the model is closed");
        });
        inside.await();
        Thread queued = waitFor(workers, heard, () -> {
            begun.set(true);
            return DONE;
        });
        while (queued.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        workers.close();
        for (int i = 0; i < 2; i++) {
            ApiError e = assertInstanceOf(ApiError.class, heard.take());
            assertEquals(503, e.status());
            assertEquals("stopping", e.code());
            assertEquals("5", e.response().headers().get("Retry-After"));
        }
        leave.countDown();
        worker.get().join();
        assertFalse(begun.get(), "what waited does not begin any more");
    }

    private static Thread waitFor(Workers workers, BlockingQueue<Exception> heard, Callable<Response> work) {
        return Thread.ofPlatform().start(() -> {
            try {
                workers.run(work);
            } catch (Exception e) {
                heard.add(e);
            }
        });
    }

    @Test
    void aStopWaitsForThoseWhoAreStillInTheHouse() throws Exception {
        Present present = new Present();
        present.awaitNone(600_000);
        present.enter();
        present.enter();
        present.awaitNone(1);
        Thread stop = Thread.ofPlatform().start(() -> present.awaitNone(600_000));
        present.leave();
        while (stop.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        present.leave();
        stop.join();
    }

    @Test
    void whenThreadsAndQueueAreFullTheNextIsToldToComeBack() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (Workers workers = new Workers(1, 1, 60, PATIENT)) {
            Callable<Response> slow = () -> {
                inside.countDown();
                leave.await();
                return DONE;
            };
            List<Thread> threads = new ArrayList<>();
            threads.add(start(workers, slow));
            inside.await();
            Thread queued = start(workers, slow);
            threads.add(queued);
            // In the queue once the submitter waits for its result.
            while (queued.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            ApiError e = assertThrows(ApiError.class, () -> workers.run(slow));
            assertEquals(429, e.status());
            leave.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static Thread start(Workers workers, Callable<Response> work) {
        return Thread.ofPlatform().start(() -> {
            try {
                workers.run(work);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void workThatTakesTooLongIsGivenUpButNotInterrupted() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        try (Workers workers = new Workers(1, 1, 1, PATIENT)) {
            ApiError e = assertThrows(
                    ApiError.class,
                    () -> workers.run(() -> {
                        try {
                            leave.await();
                        } catch (InterruptedException x) {
                            interrupted.set(true);
                        }
                        ended.countDown();
                        return DONE;
                    }));
            assertEquals(503, e.status());
            leave.countDown();
            ended.await();
            assertFalse(interrupted.get());
        }
    }

    @Test
    void bodiesInMemoryHaveABudgetThatIsGivenBack() {
        BodyReader reader = new BodyReader(10, 1_000);
        Request request = new Request(
                "id", "POST", "/", null, Map.of("Content-Length", "600")::get, "127.0.0.1", false, new byte[0]);
        BodyReader.Body first = reader.read(request, new ByteArrayInputStream(new byte[600]), 800);
        assertEquals(600, first.bytes().length);
        ApiError e =
                assertThrows(ApiError.class, () -> reader.read(request, new ByteArrayInputStream(new byte[600]), 800));
        assertEquals(429, e.status());
        first.close();
        reader.read(request, new ByteArrayInputStream(new byte[600]), 800).close();
        Request lying = new Request(
                "id", "POST", "/", null, Map.of("Content-Length", "10")::get, "127.0.0.1", false, new byte[0]);
        assertEquals(
                413,
                assertThrows(ApiError.class, () -> reader.read(lying, new ByteArrayInputStream(new byte[900]), 800))
                        .status());
        reader.read(request, new ByteArrayInputStream(new byte[600]), 800).close();
    }

    @Test
    void memoryCountsAsBytesArriveNotAsTheyAreAnnounced() throws Exception {
        try (BodyReader reader = new BodyReader(10, 100_000);
                java.io.PipedInputStream waiting = new java.io.PipedInputStream();
                java.io.PipedOutputStream client = new java.io.PipedOutputStream(waiting)) {
            Request request = new Request(
                    "id", "POST", "/", null, Map.of("Content-Length", "60000")::get, "127.0.0.1", false, new byte[0]);
            CountDownLatch read = new CountDownLatch(1);
            Thread slow = Thread.ofVirtual().start(() -> {
                java.io.InputStream in = new java.io.FilterInputStream(waiting) {
                    @Override
                    public int read(byte[] bytes, int from, int length) throws java.io.IOException {
                        read.countDown();
                        return super.read(bytes, from, length);
                    }
                };
                assertThrows(ApiError.class, () -> reader.read(request, in, 80_000));
            });
            read.await();
            reader.read(request, new ByteArrayInputStream(new byte[60_000]), 80_000)
                    .close();
            client.close();
            slow.join();
        }
    }
}
