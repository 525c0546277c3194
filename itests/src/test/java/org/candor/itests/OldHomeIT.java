package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A home that an older release made opens in this one. {@code home-of-ask.zip} holds one of the release "Ask", without
 * index and weight store: log, consent register with its keys, credentials. It was made for this test and thrown away.
 */
class OldHomeIT {

    private static final int OLD_ENTRIES = 4;

    @TempDir
    Path folder;

    @Test
    void aHomeOfTheReleaseAskOpensWithItsLogConsentAndKeys() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        unpack(home);
        String key = Files.readString(home.resolve("log/key.pub")).strip();
        byte[] leaves = Files.readAllBytes(home.resolve("log/tile/0/000.p/" + OLD_ENTRIES));
        try (Server server = new Server(home)) {
            server.start();
            Map<?, ?> log = (Map<?, ?>) server.candor("status", "--json").json().get("log");
            assertEquals(key, log.get("key"));
            assertTrue((Long) log.get("size") >= OLD_ENTRIES, log.toString());
            assertArrayEquals(leaves, tile(server, "0/000.p/" + OLD_ENTRIES), "the old entries are the first ones");
            Map<String, Object> anna = Server.json(
                    server.http("GET", "/admin/consent?subject=anna", null).body());
            assertEquals("withdrawn", ((Map<?, ?>) ((List<?>) anna.get("data")).getFirst()).get("state"));
            assertEquals(
                    200,
                    server.http("POST", "/admin/consent/grant", "{\"subject\": \"anna\", \"reason\": \"again\"}")
                            .statusCode());
            assertEquals(0, server.candor("shell", "health").exitCode());
        }
    }

    private static byte[] tile(Server server, String name) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + server.port() + "/v1/log/tile/" + name);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray())
                    .body();
        }
    }

    private static void unpack(Path home) throws IOException {
        try (InputStream resource = OldHomeIT.class.getResourceAsStream("/home-of-ask.zip");
                ZipInputStream zip = new ZipInputStream(resource)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = home.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(zip, file);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        }
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    }
}
