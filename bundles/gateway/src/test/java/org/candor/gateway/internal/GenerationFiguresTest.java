package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be seen of models that write. */
class GenerationFiguresTest {

    private static final String LABELS =
            "gen_ai_operation_name=\"text_completion\",gen_ai_provider_name=\"candor\",gen_ai_request_model=\"stories\"";

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

    private void complete(String more) throws IOException {
        server.call("POST", "/v1/completions", "{\"model\":\"stories\",\"prompt\":\"P\"" + more + "}")
                .text();
    }

    private String metrics() throws IOException {
        String text = server.call("GET", "/metrics", null).text();
        for (String line : text.lines().toList()) {
            assertTrue(
                    line.matches("# (HELP|TYPE) [a-z_]+ .+")
                            || line.matches("[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*})? [-0-9.E]+"),
                    line);
        }
        return text;
    }

    private static void assertSample(String text, String sample) {
        assertTrue(text.contains("\n" + sample + "\n"), sample + " in\n" + text);
    }

    /** Each text has 2 tokens of prompt and 3 of its own, the first after 20 ms and the last after 80 ms. */
    @Test
    void textsAreCountedUnderOpenTelemetrysNames() throws IOException {
        complete("");
        complete(",\"stream\":true");
        complete(",\"n\":2");
        server.call(
                "POST",
                "/v1/chat/completions",
                "{\"model\":\"stories\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        String text = metrics();
        assertSample(text, "gen_ai_server_request_duration_seconds_count{" + LABELS + ",error_type=\"\"} 3");
        assertSample(text, "gen_ai_server_time_to_first_token_seconds_bucket{" + LABELS + ",le=\"0.01\"} 0");
        assertSample(text, "gen_ai_server_time_to_first_token_seconds_bucket{" + LABELS + ",le=\"0.02\"} 3");
        assertSample(text, "gen_ai_server_time_per_output_token_seconds_bucket{" + LABELS + ",le=\"0.025\"} 0");
        assertSample(text, "gen_ai_server_time_per_output_token_seconds_bucket{" + LABELS + ",le=\"0.05\"} 2");
        assertSample(text, "gen_ai_server_time_per_output_token_seconds_count{" + LABELS + "} 2");
        assertSample(text, "gen_ai_client_token_usage_sum{" + LABELS + ",gen_ai_token_type=\"input\"} 6");
        assertSample(text, "gen_ai_client_token_usage_sum{" + LABELS + ",gen_ai_token_type=\"output\"} 12");
        assertSample(
                text,
                "gen_ai_client_token_usage_sum{" + LABELS.replace("text_completion", "chat")
                        + ",gen_ai_token_type=\"output\"} 3");
        String revision = "{gen_ai_request_model=\"stories\",version=\"1.0.0\"}";
        assertSample(text, "candor_generation_energy_joules_total" + revision + " 2");
        assertSample(text, "candor_generation_energy_tokens_total" + revision + " 15");
    }

    @Test
    void whatFailsIsCountedByItsErrorAndWhatACallerMadeUpIsNoLabel() throws IOException {
        server.call("POST", "/v1/completions", "{\"model\":\"gpt-9\",\"prompt\":\"P\"}");
        server.text.failure = new OperationException(Kind.UNAVAILABLE, "generation_failed", "it broke");
        server.text.failsAt = 1;
        complete(",\"stream\":true");
        String text = metrics();
        assertSample(
                text,
                "gen_ai_server_request_duration_seconds_count{" + LABELS.replace("stories", "")
                        + ",error_type=\"404\"} 1");
        assertSample(
                text,
                "gen_ai_server_request_duration_seconds_count{" + LABELS + ",error_type=\"generation_failed\"} 1");
        assertFalse(text.contains("gpt-9"), text);
        assertFalse(text.contains("gen_ai_server_time_to_first_token_seconds_count"), "of successful ones only");
    }

    private static Map<String, Object> generator(String digest, long prompt, long completion) {
        Map<String, Object> generator = new LinkedHashMap<>();
        generator.put("id", "stories");
        generator.put("version", "1.0.0");
        generator.put("digest", digest);
        generator.put("running", 3);
        generator.put("waiting", 2);
        generator.put("blocks", 10);
        generator.put("freeBlocks", 4);
        generator.put("keptBlocks", 5);
        generator.put("promptTokens", prompt);
        generator.put("cachedTokens", 20L);
        generator.put("completionTokens", completion);
        generator.put("passes", 9L);
        generator.put("preemptions", 1L);
        generator.put("busySeconds", 1.5);
        return generator;
    }

    @Test
    void queueCacheAndWorkOfEachModelAreMetrics() throws IOException {
        server.gateway.platform =
                new Server.StatusOnly(() -> Map.of("generators", List.of(generator("sha256:1", 100, 50))));
        String text = metrics();
        String labels = "{gen_ai_request_model=\"stories\",version=\"1.0.0\"}";
        assertSample(text, "candor_generation_running_texts" + labels + " 3");
        assertSample(text, "candor_generation_waiting_texts" + labels + " 2");
        assertSample(text, "candor_generation_cached_tokens_total" + labels + " 20");
        assertSample(text, "candor_generation_completion_tokens_total" + labels + " 50");
        assertSample(text, "candor_generation_busy_seconds_total" + labels + " 1.5");
        String blocks = "candor_generation_cache_blocks" + labels.replace("}", ",state=\"");
        assertSample(text, blocks + "used\"} 1");
        assertSample(text, blocks + "kept\"} 5");
        assertSample(text, blocks + "free\"} 4");
    }

    @Test
    void anEngineCountsOnceHoweverManyAdaptersItServes() throws IOException {
        Map<String, Object> held = Map.of("name", "old", "version", "1.0.0", "digest", "sha256:0");
        List<Map<String, Object>> all = List.of(
                adapter("one", Map.of("name", "stories", "version", "1.0.0", "digest", "sha256:1")),
                generator("sha256:1", 100, 50),
                adapter("two", held),
                adapter("three", held));
        server.gateway.platform = new Server.StatusOnly(() -> Map.of("generators", all));
        assertEquals(
                List.of("stories", "two"),
                metrics()
                        .lines()
                        .filter(line -> line.startsWith("candor_generation_passes_total{"))
                        .map(line -> line.split("\"")[1])
                        .toList());
    }

    private static Map<String, Object> adapter(String id, Map<String, Object> base) {
        Map<String, Object> adapter = generator("sha256:" + id, 100, 50);
        adapter.put("id", id);
        adapter.put("base", base);
        return adapter;
    }

    @Test
    void whoWatchesSeesHowFastAModelWrites() throws IOException {
        AtomicLong nanos = new AtomicLong();
        List<Map<String, Object>> generators = new ArrayList<>(List.of(generator("sha256:1", 100, 50)));
        server.gateway.platform = new Server.StatusOnly(() -> Map.of("generators", generators));
        LiveStatus status = new LiveStatus(
                server.gateway.backends, new Traffic(nanos::get, Traffic.REQUESTS), Clock.systemUTC(), nanos::get);
        assertNull(only(status).get("completionPerSecond"), "one look is no rate");
        assertEquals(3, only(status).get("running"));
        generators.set(0, generator("sha256:1", 160, 650));
        nanos.addAndGet(2_000_000_000L);
        assertEquals(300.0, only(status).get("completionPerSecond"));
        assertEquals(30.0, only(status).get("promptPerSecond"));
        assertNull(only(status).get("joulesPerToken"));
        generators.set(0, generator("sha256:2", 0, 10));
        nanos.addAndGet(2_000_000_000L);
        assertNull(only(status).get("completionPerSecond"), "another revision counts for itself");
    }

    private static Map<?, ?> only(LiveStatus status) {
        return (Map<?, ?>) ((List<?>) status.now().get("generators")).getFirst();
    }

    @Test
    void energyPerTokenIsOfTheRevisionThatWrote() {
        TextTraffic texts = new TextTraffic();
        Response.Texts three = new Response.Texts(ScriptedText.MODEL, 2, 3, 0.02, -1);
        texts.record("chat", new Response.Account("generate", "ok", 0.6, "stories", 5, three));
        texts.record("chat", new Response.Account("generate", "ok", null, "stories", 5, three));
        assertEquals(0.2, texts.joulesPerToken(ScriptedText.MODEL.digest()), 1e-12, "where the energy is known");
        assertNull(texts.joulesPerToken("sha256:other"));
    }
}
