package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a streamed answer ends: for its client, for the work behind it, and in the log. */
class StreamedAnswerTest {

    private static final String ASKED = "{\"question\":\"q\",\"stream\":true}";
    private static final Map<String, Object> ANSWER =
            Map.of("id", "id-1", "answer", "a", "leaf", Map.of("operation", "answer"), "energy", Map.of("joules", 1.5));

    @TempDir
    Path home;

    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = new Server(home);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Server.Reply ask() throws IOException {
        Server.Reply reply = server.call("POST", "/v1/answers", ASKED);
        assertEquals(200, reply.status());
        return reply;
    }

    /** The one line of the request log since the last look. */
    private String line() {
        List<String> lines = List.copyOf(server.requests);
        server.requests.clear();
        assertEquals(1, lines.size(), lines.toString());
        return lines.getFirst();
    }

    private static void assertHas(String line, String... parts) {
        for (String part : parts) {
            assertTrue((line + " ").contains(" " + part + " "), line);
        }
    }

    /** A connection that its client has left. */
    private static final class Gone extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("gone");
        }
    }

    /** A connection whose client reads nothing until it is told to. */
    private static final class Slow extends OutputStream {
        private final CountDownLatch writing = new CountDownLatch(1);
        private final CountDownLatch reads = new CountDownLatch(1);

        @Override
        public void write(int b) throws IOException {
            writing.countDown();
            try {
                reads.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void theLogLineTellsTheEnergyOfAStreamedAnswer() throws IOException {
        server.gateway.answers = (caller, question, progress) -> {
            progress.accept("permitted");
            return ANSWER;
        };
        Server.Reply reply = ask();
        assertEquals(List.of(), server.requests, "it has not ended");
        reply.text();
        assertHas(line(), "operation=answer", "status=200", "outcome=ok", "joules=1.500");
    }

    @Test
    void anErrorWithinAStreamIsAnErrorInLogAndMetrics() throws IOException {
        server.gateway.answers = (caller, question, progress) -> {
            progress.accept("permitted");
            throw new OperationException(Kind.UNAVAILABLE, "log-unavailable", "The disk is full.");
        };
        assertTrue(ask().text().contains("event: error\ndata: {"));
        assertHas(line(), "operation=answer", "status=200", "outcome=log-unavailable", "joules=-");
        assertTrue(server.call("GET", "/metrics", null).text().contains("error_type=\"log-unavailable\""));
    }

    @Test
    void aSurpriseWithinAStreamIsAnErrorInTheLog() throws IOException {
        server.gateway.answers = (caller, question, progress) -> {
            progress.accept("permitted");
            throw new IllegalStateException("a secret of the server");
        };
        ask().text();
        assertHas(line(), "outcome=internal");
    }

    @Test
    void theWorkEndsWithItsStageWhenTheClientGoes() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        BlockingQueue<RuntimeException> heard = new LinkedBlockingQueue<>();
        server.gateway.answers = (caller, question, progress) -> {
            progress.accept("permitted");
            await(left);
            try {
                progress.accept("found");
            } catch (RuntimeException e) {
                heard.add(e);
                throw e;
            }
            return ANSWER;
        };
        Server.Reply reply = ask();
        try (Api.Served served = reply.served()) {
            EventStream gone = new EventStream(new Gone());
            assertThrows(IOException.class, () -> reply.response().stream().run(gone));
        }
        left.countDown();
        OperationException e = assertInstanceOf(OperationException.class, heard.poll(60, TimeUnit.SECONDS));
        assertEquals("client_gone", e.code());
        assertHas(line(), "operation=answer", "outcome=client_gone", "joules=-");
    }

    @Test
    void whatWaitsForAWorkerDoesNotBeginWhenItsTimeIsUp() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        AtomicBoolean begun = new AtomicBoolean();
        try (Workers workers = new Workers(1, 4, 1, Duration.ofSeconds(60))) {
            workers.begin(
                    () -> {
                        await(leave);
                        return null;
                    },
                    () -> {});
            ApiError e = assertThrows(
                    ApiError.class,
                    () -> StreamedAnswer.begin(
                            (caller, question, progress) -> {
                                begun.set(true);
                                return ANSWER;
                            },
                            server.store.caller(server.key()),
                            null,
                            workers,
                            new Streams()));
            assertEquals("too_slow", e.code());
            leave.countDown();
        }
        assertFalse(begun.get());
    }

    @Test
    void whatWaitsForAWorkerDoesNotBeginWhenItsClientHasGone() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        AtomicBoolean begun = new AtomicBoolean();
        Streams streams = new Streams();
        Response response;
        try (Workers workers = new Workers(1, 4, 600, Duration.ofSeconds(60))) {
            workers.begin(
                    () -> {
                        await(leave);
                        return null;
                    },
                    () -> {});
            response = StreamedAnswer.begin(
                    (caller, question, progress) -> {
                        begun.set(true);
                        return ANSWER;
                    },
                    server.store.caller(server.key()),
                    null,
                    workers,
                    streams,
                    Duration.ZERO);
            assertThrows(IOException.class, () -> response.stream().run(new EventStream(new Gone())));
            leave.countDown();
        }
        assertFalse(begun.get());
    }

    @Test
    void anAnswerThatIsLateToBeginIsStreamedAllTheSame() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        try (Workers workers = new Workers(1, 4, 600, Duration.ofSeconds(60))) {
            Response response = StreamedAnswer.begin(
                    (caller, question, progress) -> {
                        await(leave);
                        throw new OperationException(Kind.BUSY, "busy", "Too many wait.");
                    },
                    server.store.caller(server.key()),
                    null,
                    workers,
                    new Streams(),
                    Duration.ZERO);
            assertEquals(200, response.status());
            ByteArrayOutputStream out = new ByteArrayOutputStream() {
                @Override
                public synchronized void flush() {
                    leave.countDown();
                }
            };
            Response.Account account = response.stream().run(new EventStream(out));
            String events = out.toString(StandardCharsets.UTF_8);
            assertTrue(events.startsWith(": working\n\n"), events);
            assertTrue(events.contains("event: error\ndata: {") && events.contains("\"code\":\"busy\""), events);
            assertEquals("busy", account.outcome());
        }
    }

    @Test
    void aStopThatAnAnswerOutlastsIsTheEventThatEndsIt() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        Workers workers = new Workers(1, 4, 60, Duration.ofMillis(1));
        Response response = StreamedAnswer.begin(
                (caller, question, progress) -> {
                    progress.accept("permitted");
                    await(leave);
                    throw new IllegalStateException("the model is closed");
                },
                server.store.caller(server.key()),
                null,
                workers,
                new Streams());
        workers.close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Response.Account account = response.stream().run(new EventStream(out));
        leave.countDown();
        String events = out.toString(StandardCharsets.UTF_8);
        assertTrue(events.contains("event: error\ndata: {"), events);
        assertTrue(events.contains("\"code\":\"stopping\""), events);
        assertEquals("stopping", account.outcome());
    }

    @Test
    void aCallerHoldsItsPlaceUntilTheAnswerIsWritten() throws Exception {
        server.gateway.answers = (caller, question, progress) -> {
            progress.accept("permitted");
            return ANSWER;
        };
        // Who watches holds none of the eight.
        assertEquals(200, server.call("GET", "/admin/events", null).status());
        List<Slow> clients = new ArrayList<>();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Server.Reply reply = ask();
            Slow client = new Slow();
            clients.add(client);
            writers.add(Thread.ofVirtual().start(() -> {
                try (Api.Served served = reply.served()) {
                    reply.response().stream().run(new EventStream(client));
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            client.writing.await();
        }
        Server.Reply refused = server.call("POST", "/v1/answers", ASKED);
        assertEquals(429, refused.status());
        assertEquals("too_many_requests", refused.code());
        clients.getFirst().reads.countDown();
        writers.getFirst().join();
        ask().text();
        clients.forEach(client -> client.reads.countDown());
        for (Thread writer : writers) {
            writer.join();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
