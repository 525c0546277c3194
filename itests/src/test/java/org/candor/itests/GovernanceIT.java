package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.itests.Server.Result;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Governance over HTTP, on the real server: consent, masking, evidence in the log, access. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GovernanceIT {

    private static final Pattern PASSWORD = Pattern.compile("shown this once .*: (\\S+)");

    @TempDir
    static Path folder;

    private Server server;
    private String password;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        server = new Server(folder.resolve("home"));
        Result started = server.candor("start");
        assertEquals(0, started.exitCode(), started.err());
        Matcher shown = PASSWORD.matcher(started.out() + started.err());
        assertTrue(shown.find(), started.out() + started.err());
        password = shown.group(1);
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    private Map<String, Object> call(int status, String method, String path, Map<String, ?> body)
            throws IOException, InterruptedException {
        HttpResponse<String> response = server.http(method, path, body == null ? null : Json.write(body));
        assertEquals(status, response.statusCode(), response.body());
        return response.body().isEmpty() ? Map.of() : Server.json(response.body());
    }

    private Map<String, Object> ask(String question) throws IOException, InterruptedException {
        return call(200, "POST", "/v1/answers", Map.of("question", question));
    }

    private HttpResponse<byte[]> plain(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    @Test
    void aWithdrawalCountsFromTheNextRequestAndAnErasureForEver() throws IOException, InterruptedException {
        String question = "Who tends the apiary at Juniper Hill?";
        String content = """
                ---
                title: The apiary at Juniper Hill
                language: en
                subjects: [marta]
                ---

                The apiary at Juniper Hill is tended by Marta Example.
                Her e-mail address is marta@juniper.example.
                """;
        Map<String, Object> upload = Map.of("document", "people/marta.md", "content", content);
        call(201, "POST", "/v1/documents", upload);

        Map<String, Object> before = ask(question);
        assertTrue(before.get("answer").toString().contains("Marta Example"), before.toString());
        assertFalse(Json.write(before).contains("marta@juniper.example"), "masked wherever it stands");

        Map<String, Object> withdrawn = call(200, "POST", "/admin/consent/withdraw", Map.of("subject", "marta"));
        assertEquals(List.of("people/marta.md"), withdrawn.get("documents"));
        assertFalse(Json.write(ask(question).get("citations")).contains("people/marta.md"));
        Map<String, Object> otherPurpose =
                call(200, "POST", "/v1/answers", Map.of("question", question, "purpose", "evaluation"));
        assertTrue(Json.write(otherPurpose.get("citations")).contains("people/marta.md"), "that purpose only");

        call(200, "POST", "/admin/consent/grant", Map.of("subject", "marta"));
        assertTrue(Json.write(ask(question).get("citations")).contains("people/marta.md"));

        Map<String, Object> erased = call(200, "POST", "/admin/consent/erase", Map.of("subject", "marta"));
        assertEquals(List.of("people/marta.md"), erased.get("documents"));
        assertFalse(Json.write(ask(question).get("citations")).contains("people/marta.md"));
        call(400, "POST", "/v1/documents", upload);
    }

    @Test
    void theLogHoldsExactlyTheLeafOfAnAnswerAndNothingElseOfIt() throws IOException, InterruptedException {
        Map<String, Object> answer = ask("Who approves a policy?");
        byte[] leaf = Json.canonical(answer.get("leaf"));
        Matcher index =
                Pattern.compile("index (\\d+)").matcher(answer.get("proof").toString());
        assertTrue(index.find());
        long at = Long.parseLong(index.group(1));
        assertTrue(at < 256, "still in the first bundle");
        HttpResponse<byte[]> bundle = plain("/v1/log/tile/entries/000.p/" + (at + 1));
        assertEquals(200, bundle.statusCode());
        byte[] entries = bundle.body();
        assertEquals(
                new String(leaf, StandardCharsets.UTF_8),
                new String(entries, entries.length - leaf.length, leaf.length, StandardCharsets.UTF_8));
        assertFalse(new String(entries, StandardCharsets.UTF_8).contains("approves"));
        assertEquals(404, plain("/v1/log/tile/entries/999").statusCode());
        assertTrue(new String(plain("/v1/log/checkpoint").body(), StandardCharsets.UTF_8).contains("\n\u2014 "));
    }

    @Test
    void embeddingsAreAsOpenAiClientsExpectThem() throws IOException, InterruptedException {
        Map<String, Object> texts = call(
                200, "POST", "/v1/embeddings", Map.of("model", "encoder-en", "input", List.of("hello world", " ")));
        List<?> data = (List<?>) texts.get("data");
        List<?> vector = (List<?>) ((Map<?, ?>) data.getFirst()).get("embedding");
        assertEquals(384, vector.size());
        Map<String, Object> tokens = call(
                200,
                "POST",
                "/v1/embeddings",
                Map.of("model", "encoder-en", "input", List.of(101, 7592, 2088, 102), "encoding_format", "base64"));
        Object packed = ((Map<?, ?>) ((List<?>) tokens.get("data")).getFirst()).get("embedding");
        java.nio.FloatBuffer floats = java.nio.ByteBuffer.wrap(
                        Base64.getDecoder().decode(packed.toString()))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        for (int i = 0; i < vector.size(); i++) {
            assertEquals(((Number) vector.get(i)).doubleValue(), floats.get(i), 1e-5, "dimension " + i);
        }
        assertNotNull(((Map<?, ?>) texts.get("candor")).get("proof"));
        Map<String, Object> cut =
                call(200, "POST", "/v1/embeddings", Map.of("model", "encoder-en", "input", "word ".repeat(2_000)));
        assertEquals(true, ((Map<?, ?>) ((List<?>) cut.get("data")).getFirst()).get("truncated"));
        Map<String, Object> empty = call(400, "POST", "/v1/embeddings", Map.of("model", "encoder-en", "input", ""));
        assertEquals("empty_input", ((Map<?, ?>) empty.get("error")).get("code"));
        call(404, "POST", "/v1/embeddings", Map.of("model", "no-such-model", "input", "x"));
    }

    @Test
    void nobodyComesInWithoutAKeyAndThePasswordShownOnceOpensAdministration() throws IOException, InterruptedException {
        assertEquals(401, plain("/v1/status").statusCode());
        assertEquals(401, plain("/v1/status", "Authorization", "Bearer wrong").statusCode());
        String basic =
                "Basic " + Base64.getEncoder().encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8));
        assertEquals(
                403,
                plain("/admin/consent", "Authorization", basic).statusCode(),
                "a first password has to be changed");
        assertEquals(200, plain("/admin/session", "Authorization", basic).statusCode());
        assertEquals(401, plain("/v1/status", "Authorization", basic).statusCode());
        assertEquals(
                403, plain("/health/live", "Origin", "http://elsewhere.example").statusCode());
        assertFalse(Files.exists(server.home().resolve("admin.password.once")));
        assertFalse(Files.readString(server.home().resolve("access.json")).contains(password));
        assertFalse(Files.readString(server.home().resolve("logs/candor.log")).contains(password));
    }

    @Test
    void aDocumentIsFoundOnceAddedAndGoneOnceDeleted() throws IOException, InterruptedException {
        call(
                201,
                "POST",
                "/v1/documents",
                Map.of("document", "zoo/quokka.txt", "content", "The quokka Ferdinand weighs 3.2 kilograms."));
        String question = "How much does the quokka Ferdinand weigh?";
        assertTrue(ask(question).get("answer").toString().contains("3.2 kilograms"));
        call(200, "DELETE", "/v1/documents/zoo/quokka.txt", null);
        assertFalse(Json.write(ask(question).get("citations")).contains("quokka"));
        call(404, "DELETE", "/v1/documents/zoo/quokka.txt", null);
        assertNull(call(200, "GET", "/v1/status", null).get("error"));
    }
}
