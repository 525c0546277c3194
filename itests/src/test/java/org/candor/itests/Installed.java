package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Folders that become models of a server, and keys for those who use them. */
final class Installed {

    private static final int MOST_TRIES = 60;

    private Installed() {}

    /** Has the server trust what nobody signed, by {@code name:version}; it reads that within a moment. */
    static void trust(Server server, String... packs) throws IOException {
        Files.writeString(
                server.home().resolve("etc/org.candor.models.cfg"),
                "\nunsigned = " + String.join(", ", packs) + "\n",
                StandardOpenOption.APPEND);
    }

    /** Installs a folder; its digest. */
    static String folder(Server server, Path folder, String name, String version)
            throws IOException, InterruptedException {
        String order = "{\"folder\": \"%s\", \"name\": \"%s\", \"version\": \"%s\", \"reason\": \"a test\"}"
                .formatted(folder, name, version);
        HttpResponse<String> response = server.http("POST", "/admin/models/install", order);
        for (int i = 0; i < MOST_TRIES && response.statusCode() >= 400; i++) {
            Thread.sleep(1_000); // until the server has seen its configuration
            response = server.http("POST", "/admin/models/install", order);
        }
        assertEquals(200, response.statusCode() / 100 * 100, response.body());
        return ((Map<?, ?>) Server.json(response.body()).get("revision"))
                .get("digest")
                .toString();
    }

    static void activate(Server server, String name, String version) throws IOException, InterruptedException {
        HttpResponse<String> response = server.http(
                "POST",
                "/admin/models/activate",
                "{\"model\": \"%s\", \"version\": \"%s\", \"reason\": \"a test\"}".formatted(name, version));
        assertEquals(200, response.statusCode(), response.body());
    }

    /** A new API key. */
    static String key(Server server, String name, String tenant) throws IOException, InterruptedException {
        HttpResponse<String> made = server.http(
                "POST",
                "/admin/keys",
                "{\"name\": \"%s\", \"tenant\": \"%s\", \"roles\": [\"viewer\"]}".formatted(name, tenant));
        assertEquals(201, made.statusCode(), made.body());
        return Server.json(made.body()).get("secret").toString();
    }
}
