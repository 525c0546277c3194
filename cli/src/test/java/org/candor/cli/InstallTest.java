package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallTest {

    private static final String INSTALLED = """
            {"revision": {"name": "n", "version": "2.0.0", "digest": "sha256:ab", "family": "llama", "state": "ready",
             "selfTest": {"passed": true}}, "evidence": {}}""";

    @TempDir
    Path home;

    private FakeServer server;
    private Path model;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer(home);
        model = Files.writeString(home.resolve("model.gguf"), "GGUF");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int install(String... words) {
        return new Install(server.instance, server.terminal).run(List.of(words));
    }

    @Test
    void anInstalledModelIsToldAndDoesNotServe() {
        server.then(200, INSTALLED);
        assertEquals(0, install("model.gguf"));
        assertEquals("installed n 2.0.0 (llama), ready, self-test passed, sha256:ab\n", server.shown());
        assertEquals(1, server.requests.size());
        assertTrue(server.requests.getFirst().startsWith("POST /admin/models/install Bearer the-key {"));
        assertTrue(server.requests.getFirst().contains("\"folder\":\"" + model + "\""), server.requests::toString);
    }

    @Test
    void activatedItServesForTheSameReason() {
        server.then(200, INSTALLED).then(200, "{\"activation\": {\"route\": \"n\"}, \"evidence\": {}}");
        assertEquals(0, install("model.gguf", "--activate", "--reason", "trial"));
        assertTrue(server.shown().endsWith("\nn 2.0.0 serves as n\n"), server::shown);
        String second = server.requests.get(1);
        assertTrue(second.startsWith("POST /admin/models/activate Bearer the-key {"), second);
        assertEquals(
                JsonObject.parse("{\"model\": \"n\", \"version\": \"2.0.0\", \"reason\": \"trial\"}"),
                JsonObject.parse(second.substring(second.indexOf('{'))));
    }

    @Test
    void whatTheServerRefusesIsSaidWithTheStepThatFailed() {
        server.then(200, INSTALLED).then(403, "{\"error\": {\"code\": \"denied\", \"message\": \"Not you.\"}}");
        Failure failure = assertThrows(Failure.class, () -> install("model.gguf", "--activate"));
        assertEquals(Failure.FAILED, failure.exitCode());
        assertEquals("activate: Not you.", failure.getMessage());
        assertTrue(server.shown().startsWith("installed n 2.0.0"), "what was done is told");
    }
}
