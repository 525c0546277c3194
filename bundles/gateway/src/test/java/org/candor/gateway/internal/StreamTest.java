package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamTest {

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

    private static List<String> names(String events) {
        return events.lines()
                .filter(line -> line.startsWith("event: "))
                .map(line -> line.substring("event: ".length()))
                .toList();
    }

    private static Map<String, Object> data(String events, String name) {
        int at = events.indexOf("event: " + name + "\ndata: ");
        String rest = events.substring(at + ("event: " + name + "\ndata: ").length());
        return JsonText.readObject(rest.substring(0, rest.indexOf('\n')).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aStreamedAnswerTellsItsProgressAndEndsWithTheWhole() throws IOException {
        Server.Reply reply = server.call("POST", "/v1/answers", "{\"question\":\"问\\n?\",\"stream\":true}");
        assertEquals(200, reply.status());
        assertEquals(
                "text/event-stream; charset=utf-8", reply.response().headers().get("Content-Type"));
        String events = reply.text();
        assertEquals(List.of("progress", "progress", "citations", "answer", "done"), names(events));
        assertEquals("permitted", data(events, "progress").get("stage"));
        Map<String, Object> whole = data(events, "done");
        assertEquals(
                server.call("POST", "/v1/answers", "{\"question\":\"问\\n?\"}").json(), whole);
        assertEquals("id-1", data(events, "answer").get("id"));
        assertTrue(events.endsWith("\n\n"));
    }

    @Test
    void whatIsWrongBeforeTheFirstStageIsAnHttpError() throws IOException {
        server.failure = new OperationException(Kind.INVALID, "invalid_value", "No.", "question", null);
        Server.Reply reply = server.call("POST", "/v1/answers", "{\"question\":\" \",\"stream\":true}");
        assertEquals(400, reply.status());
        assertEquals("question", reply.error().get("param"));
        server.failure = null;
        assertEquals(
                "stream",
                server.call("POST", "/v1/answers", "{\"question\":\"q\",\"stream\":1}")
                        .error()
                        .get("param"));
    }

    @Test
    void whatGoesWrongLaterIsAnEvent() throws IOException {
        server.surprise = new IllegalStateException("a secret of the server");
        String events = server.call("POST", "/v1/answers", "{\"question\":\"q\",\"stream\":true}")
                .text();
        assertEquals(List.of("progress", "error"), names(events));
        assertEquals("internal", data(events, "error").get("code"));
        assertFalse(events.contains("secret"));
    }

    /** Takes some bytes, then is gone. */
    private static final class Gone extends OutputStream {
        private final StringBuilder seen = new StringBuilder();
        private final int most;

        Gone(int most) {
            this.most = most;
        }

        @Override
        public void write(int b) throws IOException {
            seen.append((char) b);
            if (seen.length() > most) {
                throw new IOException("gone");
            }
        }
    }

    private static Map<?, ?> first(Object list) {
        return (Map<?, ?>) ((List<?>) list).getFirst();
    }

    @Test
    void watchersSeeTheRunningSystemUntilTheyGo() throws IOException {
        Server.Reply reply = server.call("GET", "/admin/events", null);
        Gone client = new Gone(2_000);
        assertThrows(IOException.class, () -> reply.response().stream().run(new EventStream(client)));
        String events = client.seen.toString();
        assertTrue(events.startsWith(": candor\n\nevent: status\ndata: {"), events);
        Map<String, Object> status = data(events, "status");
        assertEquals(true, status.get("ready"));
        assertEquals(
                Set.of("perSecond", "p50Millis", "p99Millis", "inFlight"),
                ((Map<?, ?>) status.get("requests")).keySet());
        assertEquals(1L, ((Map<?, ?>) status.get("log")).get("size"));
        assertTrue(status.keySet().containsAll(List.of("time", "checks", "energy", "models", "revisions", "library")));
        assertEquals(405, server.call("HEAD", "/admin/events", null).status());
        assertTrue(first(status.get("checks")).containsKey("detail"));
        server.inspected = false;
        Server.Reply bare = server.call("GET", "/admin/events", null);
        Gone other = new Gone(2_000);
        assertThrows(IOException.class, () -> bare.response().stream().run(new EventStream(other)));
        assertEquals(
                Set.of("name", "ready"),
                first(data(other.seen.toString(), "status").get("checks")).keySet());
    }

    @Test
    void watchingEndsWithTheSessionAndKeepsNoneAlive() throws Exception {
        server.store.setPassword("admin", null, "correct horse battery");
        Server.Reply in = server.call(
                "POST", "/admin/session", "{\"user\":\"admin\",\"password\":\"correct horse battery\"}", Map.of());
        Map<String, String> cookie =
                Map.of("Cookie", in.response().headers().get("Set-Cookie").split(";")[0]);
        Server.Reply reply = server.call("GET", "/admin/events", null, cookie);
        server.store.setPassword("admin", null, "another long password");
        assertEquals(List.of(), names(reply.text()));
    }

    @Test
    void oneCallerHasABoundedNumberOfStreamsAndGivesThemBack() throws IOException {
        List<Server.Reply> open = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            open.add(server.call("GET", "/admin/events", null));
        }
        Server.Reply refused = server.call("GET", "/admin/events", null);
        assertEquals(429, refused.status());
        assertEquals("5", refused.response().headers().get("Retry-After"));
        assertThrows(
                IOException.class, () -> open.getFirst().response().stream().run(new EventStream(new Gone(0))));
        assertEquals(200, server.call("GET", "/admin/events", null).status());
    }

    private static Caller caller(String tenant, int number) {
        return new Caller("caller-" + number, tenant, Set.of());
    }

    /** Opens streams of ever more callers of a tenant until one is refused. */
    private static List<Streams.Place> fill(Streams streams, String tenant) {
        List<Streams.Place> places = new ArrayList<>();
        try {
            while (true) {
                places.add(streams.open(caller(tenant, places.size() / Streams.MOST_OF_ONE_CALLER)));
            }
        } catch (ApiError e) {
            assertEquals("too_many_streams", e.code());
            return places;
        }
    }

    @Test
    void noTenantTakesTheStreamsOfAnother() {
        Streams streams = new Streams();
        assertEquals(Streams.MOST_OF_ONE_TENANT, fill(streams, "acme").size());
        List<Streams.Place> second = fill(streams, "umbrella");
        assertEquals(Streams.MOST_OF_ONE_TENANT, second.size());
        assertEquals(
                Streams.MOST - Streams.KEPT_FOR_OPERATOR - 2 * Streams.MOST_OF_ONE_TENANT,
                fill(streams, "initech").size());
        ApiError refused = assertThrows(ApiError.class, () -> streams.open(caller("hooli", 1)));
        assertTrue(refused.getMessage().contains("of all tenants"), refused.getMessage());
        assertEquals(
                Streams.KEPT_FOR_OPERATOR, fill(streams, Caller.OPERATOR_TENANT).size());
        second.getFirst().close();
        second.getFirst().close();
        streams.open(caller("hooli", 1));
        assertThrows(ApiError.class, () -> streams.open(caller("hooli", 2)), "a place is given back once");
    }

    @Test
    void aServerThatStopsEndsItsStreams() throws Exception {
        Streams streams = new Streams();
        assertTrue(streams.pause(0));
        streams.close();
        assertFalse(streams.pause(600_000));
    }

    @Test
    void recentRequestsAreCountedForAMinute() {
        AtomicLong nanos = new AtomicLong(5);
        RecentRequests recent = new RecentRequests(nanos::get);
        assertTrue(Double.isNaN(recent.view().p50Millis()));
        for (int i = 1; i <= 100; i++) {
            recent.record(i * 1_000_000L);
        }
        assertEquals(0, recent.view().perSecond(), "the second has not ended");
        nanos.addAndGet(1_000_000_000L);
        RecentRequests.View view = recent.view();
        assertEquals(10, view.perSecond());
        assertEquals(50, view.p50Millis(), 50 / 8.0);
        assertEquals(99, view.p99Millis(), 99 / 8.0);
        nanos.addAndGet(10_000_000_000L);
        assertEquals(0, recent.view().perSecond());
        assertEquals(view.p50Millis(), recent.view().p50Millis());
        nanos.addAndGet(50_000_000_000L);
        assertTrue(Double.isNaN(recent.view().p50Millis()));
    }

    @Test
    void oneKeyHasABoundedNumberOfRequestsAtOnce() {
        CallerLimits limits = new CallerLimits(2);
        Caller caller = new Caller("a", "t", Set.of());
        CallerLimits.Place first = limits.enter(caller);
        limits.enter(caller);
        ApiError refused = assertThrows(ApiError.class, () -> limits.enter(caller));
        assertEquals(429, refused.status());
        assertEquals("1", refused.response().headers().get("Retry-After"));
        limits.enter(new Caller("a", "other", Set.of()));
        first.close();
        limits.enter(caller);
        assertThrows(ApiError.class, () -> limits.enter(caller));
    }

    @Test
    void metricsAreInPrometheusFormatAndSpeakOfNoTenant() throws IOException {
        server.call("POST", "/v1/embeddings", "{\"model\":\"encoder-en\",\"input\":\"a\"}");
        server.call("POST", "/v1/embeddings", "{\"model\":\"gpt-9\",\"input\":\"a\"}");
        server.call("GET", "/nowhere", null);
        Server.Reply reply = server.call("GET", "/metrics", null);
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                reply.response().headers().get("Content-Type"));
        String text = reply.text();
        for (String line : text.lines().toList()) {
            assertTrue(
                    line.matches("# (HELP|TYPE) [a-z_]+ .+")
                            || line.matches("[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? [-0-9.E]+"),
                    line);
        }
        assertTrue(text.contains("candor_build_info{version=\"1.0.0\"} 1\n"), text);
        assertTrue(
                text.contains(
                        "http_server_request_duration_seconds_count{http_request_method=\"POST\",http_route=\"/v1/embeddings\",http_response_status_code=\"404\"} 1\n"),
                text);
        assertTrue(
                text.contains(
                        "gen_ai_server_request_duration_seconds_bucket{gen_ai_operation_name=\"embeddings\",gen_ai_provider_name=\"candor\",gen_ai_request_model=\"encoder-en\",error_type=\"\",le=\"+Inf\"} 1\n"),
                text);
        assertTrue(
                text.contains(
                        "gen_ai_client_token_usage_sum{gen_ai_operation_name=\"embeddings\",gen_ai_provider_name=\"candor\",gen_ai_request_model=\"encoder-en\",gen_ai_token_type=\"input\"} 4\n"),
                text);
        assertTrue(text.contains("candor_check_ready{check=\"models\"} 1\n"), text);
        assertFalse(text.contains("default"), "no tenant");
        assertFalse(text.contains("gpt-9"), "no name that a caller made up");
    }

    @Test
    void wattsAreWhatWasUsedSinceTheLastLook() {
        AtomicLong nanos = new AtomicLong();
        double[] joules = {100};
        server.gateway.platform =
                new Server.StatusOnly(() -> Map.of("energy", Map.of("method", "estimate", "totalJoules", joules[0])));
        LiveStatus status = new LiveStatus(
                server.gateway.backends, new Traffic(nanos::get, Traffic.REQUESTS), Clock.systemUTC(), nanos::get);
        assertNull(((Map<?, ?>) status.now().get("energy")).get("watts"));
        joules[0] = 130;
        nanos.addAndGet(2_000_000_000L);
        assertEquals(15.0, ((Map<?, ?>) status.now().get("energy")).get("watts"));
        joules[0] = 500;
        assertEquals(15.0, ((Map<?, ?>) status.now().get("energy")).get("watts"), "made once a second");
    }
}
