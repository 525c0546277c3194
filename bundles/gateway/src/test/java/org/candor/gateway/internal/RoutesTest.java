package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Models;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {

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

    private static Map<?, ?> first(Object list) {
        return (Map<?, ?>) ((List<?>) list).getFirst();
    }

    @Test
    void anAnswerIsTheObjectTheGovernorGives() throws IOException {
        Server.Reply reply = server.call("POST", "/v1/answers", "{\"question\":\"谁?\",\"language\":\"zh\"}");
        assertEquals(200, reply.status());
        assertEquals("谁?", reply.json().get("question"));
        assertTrue(reply.text().contains("\"answer\":null"), reply.text());
        assertTrue(reply.text().contains("\"joules\":1.0E-5"), reply.text());
        assertEquals("cli", server.lastCaller.subject());
        assertEquals("default", server.lastCaller.tenant());
        assertEquals(Set.of("admin"), server.lastCaller.roles());
        assertEquals(List.of("answer Question[text=谁?, language=zh, purpose=null, model=null]"), server.calls);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"question\":\"q\",\"temperature\":1} | unknown_parameter | temperature",
                "{} | missing_required_parameter | question",
                "{\"question\":null} | missing_required_parameter | question",
                "{\"question\":1} | invalid_value | question",
                "{\"question\":\"q\",\"question\":\"p\"} | invalid_json | ",
                "{\"question\":\"q\"} trailing | invalid_json | ",
                "{\"question\":\"q\"}{} | invalid_json | ",
                "[\"question\"] | invalid_json | ",
                "{\"question\":\"q\" | invalid_json | ",
                "{question:\"q\"} | invalid_json | ",
                "{\"question\":\"q\",} | invalid_json | ",
                "{\"question\":NaN} | invalid_json | ",
                "'' | invalid_json | "
            })
    void aWrongBodyIsRefusedNamingWhatIsWrong(String body, String code, String param) throws IOException {
        Server.Reply reply = server.call("POST", "/v1/answers", body);
        assertEquals(400, reply.status());
        assertEquals(code, reply.code());
        assertEquals(param, reply.error().get("param"));
        assertEquals("invalid_request_error", reply.error().get("type"));
        assertEquals(Set.of("message", "type", "param", "code"), reply.error().keySet());
        assertTrue(server.calls.isEmpty());
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        String deep = "{\"question\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";
        assertEquals("invalid_json", server.call("POST", "/v1/answers", deep).code());
    }

    @Test
    void aBodyOverTheLimitIs413AndADocumentMayBeLarger() throws IOException {
        String large = "x".repeat(5 << 10);
        Server.Reply reply = server.call("POST", "/v1/answers", "{\"question\":\"" + large + "\"}");
        assertEquals(413, reply.status());
        assertEquals("body_too_large", reply.code());
        assertEquals(
                413,
                server.call(
                                "POST",
                                "/v1/answers",
                                "{}",
                                Map.of("Authorization", "Bearer " + server.key(), "Content-Length", "999999999999"))
                        .status());
        assertEquals(
                201,
                server.call("POST", "/v1/documents", "{\"document\":\"a.md\",\"content\":\"" + large + "\"}")
                        .status());
        assertEquals(
                413,
                server.call("POST", "/v1/documents", "{\"document\":\"a.md\",\"content\":\"" + large + large + "\"}")
                        .status());
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, 415",
        "application/x-www-form-urlencoded, 415",
        "application/json; charset=iso-8859-1, 415",
        "application/jsonp, 415",
        "application/json;charset=UTF-8, 200",
        "Application/JSON, 200"
    })
    void onlyJsonInUtf8IsRead(String type, int status) throws IOException {
        assertEquals(
                status,
                server.call(
                                "POST",
                                "/v1/answers",
                                "{\"question\":\"q\"}",
                                Map.of("Authorization", "Bearer " + server.key(), "Content-Type", type))
                        .status());
    }

    @Test
    void aPackedBodyIsNotUnpacked() throws IOException {
        assertEquals(
                415,
                server.call(
                                "POST",
                                "/v1/answers",
                                "{}",
                                Map.of("Authorization", "Bearer " + server.key(), "Content-Encoding", "gzip"))
                        .status());
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID, 400, invalid_request_error",
        "DENIED, 403, permission_error",
        "NOT_FOUND, 404, invalid_request_error",
        "BUSY, 429, rate_limit_error",
        "UNAVAILABLE, 503, service_unavailable"
    })
    void eachKindOfFailureHasItsStatusAndType(Kind kind, int status, String type) throws IOException {
        server.failure = new OperationException(kind, "some-code", "Some message.", "some", null);
        Server.Reply reply = server.call("POST", "/v1/answers", "{\"question\":\"q\"}");
        assertEquals(status, reply.status());
        assertEquals(type, reply.error().get("type"));
        assertEquals("some-code", reply.code());
        assertEquals("some", reply.error().get("param"));
        assertEquals("Some message.", reply.error().get("message"));
        assertEquals(status == 429 || status == 503, reply.response().headers().containsKey("Retry-After"));
    }

    @Test
    void aRefusalCarriesItsEvidence() throws IOException {
        server.failure = OperationException.denied("role-missing", "No.", Server.EVIDENCE);
        Server.Reply reply = server.call("POST", "/v1/answers", "{\"question\":\"q\"}");
        assertEquals(403, reply.status());
        assertEquals("proof text", ((Map<?, ?>) reply.error().get("evidence")).get("proof"));
    }

    @Test
    void aSurpriseSaysNothingOfTheInside() throws IOException {
        server.surprise = new IllegalStateException("secret path /x");
        Server.Reply reply = server.call("POST", "/v1/answers", "{\"question\":\"q\"}");
        assertEquals(500, reply.status());
        assertEquals("server_error", reply.error().get("type"));
        assertFalse(reply.text().contains("secret"));
        assertTrue(reply.text().contains("request-1"));
    }

    @Test
    void aServiceThatIsNotThereIsA503() throws IOException {
        server.gateway.answers = null;
        server.gateway.log = null;
        Server.Reply reply = server.call("POST", "/v1/answers", "{\"question\":\"q\"}");
        assertEquals(503, reply.status());
        assertEquals("starting", reply.code());
        assertEquals(503, server.call("GET", "/v1/log/checkpoint", null).status());
    }

    @Test
    void embeddingsLookAsOpenAiClientsExpect() throws IOException {
        Server.Reply reply = server.call(
                "POST", "/v1/embeddings", "{\"model\":\"encoder-en\",\"input\":[\"a\",\" \"],\"user\":\"u\"}");
        Map<String, Object> json = reply.json();
        assertEquals(200, reply.status());
        assertEquals("list", json.get("object"));
        assertEquals("encoder-en", json.get("model"));
        List<?> data = (List<?>) json.get("data");
        assertEquals(2, data.size());
        Map<?, ?> second = (Map<?, ?>) data.get(1);
        assertEquals("embedding", second.get("object"));
        assertEquals(1L, second.get("index"));
        assertEquals(true, second.get("truncated"));
        assertEquals(List.of(1.1, -1.0E-7, 0.0), second.get("embedding"));
        Map<?, ?> usage = (Map<?, ?>) json.get("usage");
        assertEquals(9L, usage.get("prompt_tokens"));
        assertEquals(9L, usage.get("total_tokens"));
        assertEquals("proof text", ((Map<?, ?>) json.get("candor")).get("proof"));
        assertEquals(List.of("embed encoder-en [a,  ] for u"), server.calls);
    }

    @Test
    void base64EmbeddingsAreLittleEndianFloats() throws IOException {
        Server.Reply reply = server.call(
                "POST",
                "/v1/embeddings",
                "{\"model\":\"encoder-en\",\"input\":\"a\",\"encoding_format\":\"base64\",\"dimensions\":3}");
        String embedding = (String) first(reply.json().get("data")).get("embedding");
        ByteBuffer bytes =
                ByteBuffer.wrap(Base64.getDecoder().decode(embedding)).order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(floats);
        assertArrayEquals(new float[] {0.1f, -1e-7f, 0}, floats);
    }

    @Test
    void tokensMayBeGivenInsteadOfText() throws IOException {
        server.call("POST", "/v1/embeddings", "{\"model\":\"encoder-en\",\"input\":[101,102]}");
        server.call("POST", "/v1/embeddings", "{\"model\":\"encoder-en\",\"input\":[[101],[7,102]]}");
        assertEquals(
                List.of("embedTokens encoder-en [[101, 102]]", "embedTokens encoder-en [[101], [7, 102]]"),
                server.calls);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"\" | empty_input",
                "[] | empty_input",
                "[\"a\",\"\"] | empty_input",
                "[[]] | empty_input",
                "[[1],[]] | empty_input",
                "null | missing_required_parameter",
                "1 | invalid_value",
                "{} | invalid_value",
                "[\"a\",1] | invalid_value",
                "[1,\"a\"] | invalid_value",
                "[1.5] | invalid_value",
                "[-1] | invalid_value",
                "[4294967296] | invalid_value",
                "[99999999999999999999] | invalid_value",
                "[[1],\"a\"] | invalid_value",
                "[null] | invalid_value"
            })
    void aWrongInputIsRefused(String input, String code) throws IOException {
        Server.Reply reply =
                server.call("POST", "/v1/embeddings", "{\"model\":\"encoder-en\",\"input\":" + input + "}");
        assertEquals(400, reply.status());
        assertEquals(code, reply.code());
        assertEquals("input", reply.error().get("param"));
        assertTrue(server.calls.isEmpty());
    }

    @Test
    void otherEmbeddingParametersAreHonouredOrRefused() throws IOException {
        String start = "{\"model\":\"encoder-en\",\"input\":\"a\",";
        assertEquals(
                "dimensions",
                server.call("POST", "/v1/embeddings", start + "\"dimensions\":2}")
                        .error()
                        .get("param"));
        assertEquals(
                "encoding_format",
                server.call("POST", "/v1/embeddings", start + "\"encoding_format\":\"int8\"}")
                        .error()
                        .get("param"));
        Server.Reply unknown = server.call("POST", "/v1/embeddings", "{\"model\":\"gpt-9\",\"input\":\"a\"}");
        assertEquals(404, unknown.status());
        assertEquals("model_not_found", unknown.code());
    }

    @Test
    void modelsAreListedAsOpenAiClientsExpect() throws IOException {
        Map<String, Object> list = server.call("GET", "/v1/models", null).json();
        assertEquals("list", list.get("object"));
        Map<?, ?> model = first(list.get("data"));
        assertEquals("encoder-en", model.get("id"));
        assertEquals("model", model.get("object"));
        assertEquals("candor", model.get("owned_by"));
        assertTrue((long) model.get("created") > 0);
        assertEquals("encoder-en", model.get("root"));
        assertNull(model.get("parent"));
        assertEquals(2, ((List<?>) list.get("data")).size(), "what failed cannot be called");
        assertEquals(3, ((List<?>) list.get("revisions")).size());
        assertEquals(model, server.call("GET", "/v1/models/encoder-en", null).json());
        Server.Reply missing = server.call("GET", "/v1/models/encoder-zh", null);
        assertEquals(404, missing.status());
        assertEquals("model_not_found", missing.code());
    }

    @Test
    void documentsAreListedAddedAndDeleted() throws IOException {
        Map<String, Object> list = server.call("GET", "/v1/documents", null).json();
        assertEquals("a/文档.md", first(list.get("data")).get("document"));
        Map<?, ?> status = (Map<?, ?>) list.get("status");
        assertEquals("/library", status.get("library"));
        assertTrue(status.containsKey("secondsLeft"));
        assertNull(status.get("secondsLeft"));
        assertEquals(
                202,
                server.call("POST", "/v1/documents", "{\"library\":\"/srv/../srv/library\"}")
                        .status());
        assertEquals(
                201,
                server.call(
                                "POST",
                                "/v1/documents",
                                "{\"document\":\"a.md\",\"content\":\"文\",\"metadata\":{\"subjects\":[\"alice\"],\"roles\":[\"auditor\"],\"language\":\"zh\"}}")
                        .status());
        assertArrayEquals("文".getBytes(StandardCharsets.UTF_8), server.lastContent);
        assertEquals(Set.of("alice"), server.lastMetadata.subjects());
        assertNull(server.lastMetadata.purposes());
        assertEquals(Set.of("auditor"), server.lastMetadata.roles());
        server.call("POST", "/v1/documents", "{\"document\":\"b.pdf\",\"contentBase64\":\"AQID\"}");
        assertArrayEquals(new byte[] {1, 2, 3}, server.lastContent);
        server.call("POST", "/v1/documents", "{\"file\":\"/srv/b.md\"}");
        server.call(
                "PUT",
                "/v1/documents/c/d e.md?subjects=alice,%20bob&roles=steward,auditor&title=T%20%E6%96%87",
                null,
                Map.of("Authorization", "Bearer " + server.key()));
        assertEquals(Set.of("alice", "bob"), server.lastMetadata.subjects());
        assertEquals(Set.of("steward", "auditor"), server.lastMetadata.roles());
        assertEquals("T 文", server.lastMetadata.title());
        assertEquals(
                true,
                server.call("DELETE", "/v1/documents/c/d e.md", null).json().get("deleted"));
        assertEquals(
                List.of(
                        "list",
                        "mirror /srv/library",
                        "add a.md",
                        "add b.pdf",
                        "addFile null /srv/b.md",
                        "add c/d e.md",
                        "delete c/d e.md"),
                server.calls);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"library\":\"relative\"}",
                "{\"library\":\"/a\\u0000b\"}",
                "{\"library\":\"/a\",\"file\":\"/b\"}",
                "{\"file\":\"/b\",\"content\":\"x\"}",
                "{\"document\":\"a.md\"}",
                "{\"document\":\"a.md\",\"content\":\"a\",\"contentBase64\":\"YQ==\"}",
                "{\"document\":\"a.md\",\"contentBase64\":\"%%\"}",
                "{\"content\":\"a\"}",
                "{\"document\":\"a.md\",\"content\":\"a\",\"metadata\":{\"author\":\"x\"}}",
                "{\"document\":\"a.md\",\"content\":\"a\",\"metadata\":{\"language\":\"de\"}}",
                "{\"document\":\"a.md\",\"content\":\"a\",\"metadata\":[]}"
            })
    void aWrongUploadIsRefused(String body) throws IOException {
        assertEquals(400, server.call("POST", "/v1/documents", body).status(), body);
        assertTrue(server.calls.isEmpty());
    }

    @Test
    void policiesAreListedTestedReplayedAndActivated() throws IOException {
        Map<String, Object> list = server.call("GET", "/admin/policies", null).json();
        assertEquals("strict", ((Map<?, ?>) list.get("active")).get("name"));
        assertEquals("refused", first(list.get("data")).get("state"));
        assertEquals("no card", first(list.get("data")).get("reason"));
        assertEquals("why", first(list.get("history")).get("reason"));
        String named = "{\"policy\":\"strict\",\"version\":\"1.0.0\"";
        Map<String, Object> tests =
                server.call("POST", "/admin/policies/test", named + "}").json();
        assertEquals(false, tests.get("passed"));
        assertEquals("deny no-rule", first(tests.get("failures")).get("found"));
        Map<String, Object> replay =
                server.call("POST", "/admin/policies/replay", named + "}").json();
        assertEquals(2L, replay.get("permitToDeny"));
        Map<?, ?> difference = first(replay.get("differences"));
        assertEquals(List.of("auditor", "viewer"), difference.get("roles"));
        assertEquals("role-missing", ((Map<?, ?>) difference.get("after")).get("code"));
        Server.Reply activated = server.call("POST", "/admin/policies/activate", named + ",\"reason\":\"tried\"}");
        assertEquals(200, activated.status());
        assertTrue(activated.json().containsKey("evidence"));
        server.call("POST", "/admin/policies/replay", named + ",\"decisions\":7}");
        server.call("POST", "/admin/policies/rollback", "{\"reason\":\"back\"}");
        assertEquals(
                List.of(
                        "policies",
                        "testPolicy strict 1.0.0",
                        "replay strict 1.0.0 1000",
                        "activatePolicy strict 1.0.0 tried",
                        "replay strict 1.0.0 7",
                        "rollBackPolicy back"),
                server.calls);
        assertEquals(
                "reason",
                server.call("POST", "/admin/policies/activate", named + "}")
                        .error()
                        .get("param"));
        server.gateway.policies = null;
        assertEquals(503, server.call("GET", "/admin/policies", null).status());
    }

    @Test
    void consentIsEnteredAndRead() throws IOException {
        Server.Reply reply = server.call(
                "POST", "/admin/consent/withdraw", "{\"subject\":\"alice\",\"purpose\":\"research\",\"reason\":\"r\"}");
        assertEquals(200, reply.status());
        Map<?, ?> entry = (Map<?, ?>) reply.json().get("record");
        assertEquals("withdrawn", entry.get("state"));
        assertEquals(List.of("a.md"), reply.json().get("documents"));
        assertTrue(reply.json().containsKey("evidence"));
        server.call("POST", "/admin/consent/grant", "{\"subject\":\"alice\"}");
        server.call("POST", "/admin/consent/erase", "{\"subject\":\"alice\"}");
        server.call("GET", "/admin/consent?subject=alice%20b", null);
        assertEquals(
                List.of("alice"),
                server.call("GET", "/admin/consent", null).json().get("subjects"));
        assertEquals(
                List.of("withdraw alice", "grant alice", "erase alice", "records alice b", "subjects"), server.calls);
        assertEquals(
                "purpose",
                server.call("POST", "/admin/consent/erase", "{\"subject\":\"alice\",\"purpose\":\"p\"}")
                        .error()
                        .get("param"));
    }

    @Test
    void modelsAreActivatedAndRolledBack() throws IOException {
        Server.Reply reply = server.call(
                "POST", "/admin/models/activate", "{\"model\":\"encoder-en\",\"version\":\"1.0.0\",\"reason\":\"r\"}");
        assertEquals("encoder-en", ((Map<?, ?>) reply.json().get("activation")).get("route"));
        server.call("POST", "/admin/models/rollback", "{\"model\":\"encoder-en\",\"reason\":\"r\"}");
        assertEquals(List.of("activate encoder-en 1.0.0", "rollBack encoder-en"), server.calls);
        assertEquals(
                "reason",
                server.call("POST", "/admin/models/rollback", "{\"model\":\"encoder-en\"}")
                        .error()
                        .get("param"));
    }

    @Test
    void modelsAreSeenWhole() throws IOException {
        Map<String, Object> json = server.call("GET", "/admin/models", null).json();
        Map<?, ?> route = first(json.get("routes"));
        assertEquals("encoder-en", route.get("route"));
        assertEquals(true, route.get("serves"));
        assertEquals("1.0.0", ((Map<?, ?>) route.get("active")).get("version"));
        Map<?, ?> revision = first(json.get("revisions"));
        assertEquals("ships with this build", revision.get("trust"));
        assertEquals(3L, revision.get("leases"));
        assertEquals("MIT", ((Map<?, ?>) revision.get("card")).get("licence"));
        assertNull(((Map<?, ?>) revision.get("selfTest")).get("worst"), "infinity is no JSON number");
        assertEquals("active", first(revision.get("life")).get("state"));
        assertEquals(2L, first(((Map<?, ?>) json.get("store")).get("data")).get("shared"));
    }

    @Test
    void whoDoesNotRunTheServerSeesNamesAndStates() throws IOException {
        server.models = new Models.Overview(List.of(), List.of(Server.REVISION), null);
        Map<String, Object> json = server.call("GET", "/admin/models", null).json();
        assertEquals(Set.of("revisions"), json.keySet());
        assertEquals(
                Set.of("name", "version", "digest", "state", "base"),
                first(json.get("revisions")).keySet());
    }

    @Test
    void anAdapterIsListedWithItsBase() throws IOException {
        Map<String, Object> tales = server.call("GET", "/v1/models/tales", null).json();
        assertEquals("tales", tales.get("root"));
        assertEquals("stories", tales.get("parent"));
        Map<?, ?> candor = (Map<?, ?>) tales.get("candor");
        assertEquals("sha256:" + "d".repeat(64), candor.get("digest"));
        assertEquals(
                Map.of("name", "stories", "version", "1.0.0", "digest", "sha256:" + "b".repeat(64)),
                candor.get("base"));
        server.call("POST", "/admin/models/install", "{\"folder\":\"/m\",\"base\":\"stories:1.0.0\",\"reason\":\"r\"}");
        assertEquals("install /m null null null on stories:1.0.0", server.calls.removeLast());
        Map<String, Object> activated = server.call(
                        "POST", "/admin/models/activate", "{\"model\":\"stories\",\"version\":\"2\",\"reason\":\"r\"}")
                .json();
        assertEquals("stories", first(activated.get("adapters")).get("name"), "what goes on with another revision");
    }

    @Test
    void modelsAreInstalledVerifiedAndRemoved() throws IOException {
        Server.Reply reply =
                server.call("POST", "/admin/models/install", "{\"folder\":\"/models/x\",\"reason\":\"r\"}");
        assertEquals("active", ((Map<?, ?>) reply.json().get("revision")).get("state"));
        server.call("POST", "/admin/models/verify", "{\"model\":\"m\",\"version\":\"1\",\"reason\":\"r\"}");
        Server.Reply refused =
                server.call("POST", "/admin/models/remove", "{\"model\":\"m\",\"version\":\"1\",\"reason\":\"r\"}");
        assertEquals(400, refused.status());
        assertEquals("model_refused", refused.code());
        server.call(
                "POST",
                "/admin/models/install",
                "{\"folder\":\"/m/x.gguf\",\"name\":\"n\",\"version\":\"1\",\"weights\":\"bf16\",\"reason\":\"r\"}");
        assertEquals("install /m/x.gguf n 1 BF16", server.calls.removeLast());
        assertEquals(
                "weights",
                server.call("POST", "/admin/models/install", "{\"folder\":\"/m\",\"weights\":\"f64\",\"reason\":\"r\"}")
                        .error()
                        .get("param"));
        assertEquals(List.of("install /models/x null null null", "verify m 1", "remove m 1"), server.calls);
        assertEquals(
                "folder",
                server.call("POST", "/admin/models/install", "{\"reason\":\"r\"}")
                        .error()
                        .get("param"));
    }

    @Test
    void searchGivesPassages() throws IOException {
        Map<String, Object> json =
                server.call("POST", "/v1/search", "{\"query\":\"q\"}").json();
        Map<?, ?> hit = first(json.get("data"));
        assertEquals("abc", hit.get("text"));
        assertTrue(hit.containsKey("lexical"));
        assertNull(hit.get("lexical"));
        assertEquals(0.25, hit.get("vector"));
        assertEquals(List.of("search q 10"), server.calls);
        assertEquals(
                400,
                server.call("POST", "/v1/search", "{\"query\":\"q\",\"limit\":101}")
                        .status());
    }

    @Test
    void theLogIsServedAsTilesThatMayBeCachedForEver() {
        Server.Reply checkpoint = server.call("GET", "/v1/log/checkpoint", null, Map.of());
        assertEquals(200, checkpoint.status());
        assertEquals(
                "text/plain; charset=utf-8", checkpoint.response().headers().get("Content-Type"));
        assertEquals("no-store", checkpoint.response().headers().get("Cache-Control"));
        assertTrue(checkpoint.text().contains("\u2014 o sig"));
        for (String path : List.of("tile/0/000.p/1", "tile/entries/000.p/1")) {
            Server.Reply tile = server.call("GET", "/v1/log/" + path, null, Map.of());
            assertEquals(200, tile.status());
            assertEquals("application/octet-stream", tile.response().headers().get("Content-Type"));
            assertTrue(tile.response().headers().get("Cache-Control").contains("immutable"));
            assertArrayEquals(new byte[] {1, 2, (byte) 0xff}, tile.response().body());
        }
        for (String path : List.of("tile/0/001", "tile/9/000", "entry/0", "tile/../../key", "keys")) {
            assertEquals(
                    404, server.call("GET", "/v1/log/" + path, null, Map.of()).status(), path);
        }
    }

    @Test
    void healthSaysWhatItWaitsFor() throws IOException {
        assertEquals(200, server.call("GET", "/health/live", null, Map.of()).status());
        Server.Reply ready = server.call("GET", "/health/ready", null, Map.of());
        assertEquals(200, ready.status());
        assertEquals(true, ready.json().get("ready"));
        server.ready = false;
        Server.Reply waiting = server.call("GET", "/health/ready", null);
        assertEquals(503, waiting.status());
        assertTrue(waiting.text().contains("no model is installed"));
        for (Map<String, String> nobody : List.of(Map.<String, String>of(), Map.of("Authorization", "Bearer x"))) {
            Server.Reply bare = server.call("GET", "/health/ready", null, nobody);
            assertEquals(503, bare.status());
            assertEquals(
                    Map.of("name", "models", "ready", false),
                    ((List<?>) bare.json().get("checks")).getLast());
        }
        server.inspected = false;
        for (String path : List.of("/health/ready", "/v1/status")) {
            assertFalse(server.call("GET", path, null).text().contains("no model is installed"), path);
        }
        server.inspected = true;
        server.gateway.platform = null;
        assertEquals(503, server.call("GET", "/health/ready", null, Map.of()).status());
    }

    @Test
    void statusShowsVersionAndLog() throws IOException {
        Map<String, Object> json = server.call("GET", "/v1/status", null).json();
        assertEquals(true, json.get("ready"));
        assertEquals("1.0.0", json.get("version"));
        assertEquals("k", ((Map<?, ?>) json.get("log")).get("key"));
    }

    @Test
    void everyResponseCarriesItsIdAndSecurityHeaders() {
        for (String path : List.of("/health/live", "/v1/models", "/nowhere")) {
            Map<String, String> headers =
                    server.call("GET", path, null, Map.of()).response().headers();
            assertEquals("request-1", headers.get("X-Request-Id"), path);
            assertEquals("nosniff", headers.get("X-Content-Type-Options"), path);
            assertEquals("default-src 'none'; frame-ancestors 'none'", headers.get("Content-Security-Policy"), path);
            assertEquals("no-store", headers.get("Cache-Control"), path);
            assertFalse(headers.containsKey("Access-Control-Allow-Origin"), path);
        }
    }

    @Test
    void whatIsNotThereIs404AndAnotherMethodIs405WithAllow() throws IOException {
        for (String path : List.of("/v1", "/v1/", "/v1/answers/", "/v1/completion", "/health", "/v1//answers")) {
            assertEquals(404, server.call("GET", path, null).status(), path);
        }
        Server.Reply reply = server.call("PATCH", "/v1/documents", null);
        assertEquals(405, reply.status());
        assertEquals("GET, POST, HEAD", reply.response().headers().get("Allow"));
        assertEquals(405, server.call("GET", "/admin/password", null).status());
        assertEquals(200, server.call("HEAD", "/health/live", null).status());
    }

    @Test
    void energyIsShownByTheMinute() throws IOException {
        Map<String, Object> json =
                server.call("GET", "/admin/energy?minutes=5", null).json();
        assertEquals("PT1M", json.get("window"));
        assertEquals(
                Map.of(
                        "time",
                        "1970-01-01T00:00:00Z",
                        "joules",
                        3.0,
                        "idleJoules",
                        1.0,
                        "operations",
                        Map.of("answer", Map.of("joules", 2.0, "count", 4L))),
                first(json.get("data")));
        assertEquals(Map.of("joules", 5.0, "idleJoules", 2.0, "operations", Map.of("answer", 3.0)), json.get("totals"));
        server.call("GET", "/admin/energy", null);
        assertEquals(List.of("history 5", "history 60"), server.calls);
        assertEquals(
                "minutes",
                server.call("GET", "/admin/energy?minutes=x", null).error().get("param"));
        assertEquals(
                "hours",
                server.call("GET", "/admin/energy?hours=1", null).error().get("param"));
    }

    @Test
    void healthShowsEveryBundleAndWhatComponentsWaitFor() throws IOException {
        Map<String, Object> json = server.call("GET", "/admin/health", null).json();
        assertEquals("active", first(json.get("bundles")).get("state"));
        assertNull(first(json.get("bundles")).get("since"));
        assertEquals(List.of(), first(json.get("bundles")).get("waitsFor"));
        assertEquals(List.of("service X"), first(json.get("components")).get("waitsFor"));
        assertEquals(List.of("service Y"), first(json.get("components")).get("without"));
        assertEquals("models", first(json.get("checks")).get("name"));
        assertEquals("cli", server.lastCaller.subject());
    }

    @Test
    void backupAndRestoreTakePathsOfTheServersMachine() throws IOException {
        Server.Reply backup = server.call("POST", "/admin/backup", "{\"to\":\"/backups/a.zip\"}");
        assertEquals(201, backup.status());
        assertEquals("/backups/a.zip", backup.json().get("file"));
        assertEquals(7L, backup.json().get("logSize"));
        Server.Reply restore = server.call("POST", "/admin/restore", "{\"file\":\"/backups/a.zip\"}");
        assertEquals(202, restore.status());
        assertEquals(List.of("log", "consent"), restore.json().get("parts"));
        assertEquals(List.of("backUp /backups/a.zip", "stageRestore /backups/a.zip"), server.calls);
        assertEquals("to", server.call("POST", "/admin/backup", "{}").error().get("param"));
    }

    @Test
    void aCommandIsRunWithTheCallersOwnRoles() throws IOException {
        Server.Reply reply = server.call("POST", "/admin/shell", "{\"command\":\"models --json\"}");
        assertEquals(200, reply.status());
        assertEquals(Map.of("exit", 3L, "out", "表\n", "err", "no"), reply.json());
        assertEquals(List.of("run models --json"), server.calls);
        assertEquals(Set.of("admin"), server.lastCaller.roles());
        server.gateway.commands = null;
        assertEquals(
                "starting",
                server.call("POST", "/admin/shell", "{\"command\":\"models\"}").code());
    }
}
