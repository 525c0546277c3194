package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.proof.Json;
import org.candor.proof.SigningKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Model packs that are dropped into deploy/ of a server that answers questions. A broken one never becomes active, says why
 * in one line wherever one looks, leaves the old one serving, and nothing of itself when it is taken away again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ModelPacksIT {

    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    static Path folder;

    private Server server;
    private SigningKey key;
    private String rules;
    private String serving;
    private Path huggingFace;
    private Path reference;

    @BeforeAll
    void start() throws Exception {
        Path library = Files.createDirectories(folder.resolve("library"));
        Files.writeString(
                library.resolve("lighthouse.md"), "The lighthouse was built in 1874 by the harbour company.\n");
        server = new Server(folder.resolve("home"));
        Server.Result asked = server.candor("ask", "--library", library.toString(), "When was the lighthouse built?");
        assertEquals(0, asked.exitCode(), asked.err());
        serving = ask();
        Path file = folder.resolve("packs.key");
        Server.Result made = server.candor("pack-key", "packs.example.org", file.toString());
        assertEquals(0, made.exitCode(), made.err());
        key = SigningKey.parse(Files.readString(file));
        assertEquals(key.verifier().toString(), made.out().strip());
        rules = Files.readString(configuration()) + "\ntrustedKeys = "
                + made.out().strip() + "\nunsigned = tiny:1.0.0\n";
        Files.writeString(configuration(), rules);
        huggingFace = server.home().resolve("deploy/models/tiny-1.0.0");
        reference = server.home().resolve("models/references/tiny-1.0.0");
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    @AfterEach
    void clear() throws IOException {
        Files.deleteIfExists(server.home().resolve("deploy/broken.jar"));
    }

    private Path configuration() {
        return server.home().resolve("etc/org.candor.models.cfg");
    }

    @Test
    @Order(1)
    void aHuggingFaceFolderInDeployBecomesAPackByReference() throws Exception {
        Path hidden = huggingFace.resolveSibling(".tiny-1.0.0");
        TinyPack.huggingFace(hidden);
        Files.move(hidden, huggingFace);
        await("tiny 1.0.0 is tested", () -> "closed".equals(state("tiny", "1.0.0")));
        assertEquals("", revision("tiny", "1.0.0", null).get("reason"));
        assertTrue(Files.isRegularFile(reference.resolve("card.json")));
        activate(200, "tiny", "1.0.0");
        assertEquals("active", state("tiny", "1.0.0"));
    }

    @Test
    @Order(1)
    void theToyThatWritesIsActiveAfterAStart() throws Exception {
        await("stories-tiny is active", () -> "active".equals(state("stories-tiny", "1.0.0")));
        Map<?, ?> revision = revision("stories-tiny", "1.0.0", null);
        assertEquals(List.of("generate"), revision.get("tasks"));
        assertEquals(true, ((Map<?, ?>) revision.get("selfTest")).get("passed"));
        assertTrue(revision.get("trust").toString().contains("build"), revision.toString());
        List<?> routes = (List<?>)
                Server.json(server.http("GET", "/admin/models", null).body()).get("routes");
        assertTrue(
                routes.stream()
                        .map(route -> (Map<?, ?>) route)
                        .anyMatch(route -> "stories-tiny".equals(route.get("route"))
                                && "generate".equals(route.get("task"))
                                && Boolean.TRUE.equals(route.get("serves"))),
                routes.toString());
        String listed = server.http("GET", "/v1/models", null).body();
        assertTrue(
                ((List<?>) Server.json(listed).get("data"))
                        .stream().anyMatch(model -> "stories-tiny".equals(((Map<?, ?>) model).get("id"))),
                listed);
        HttpResponse<String> encoded =
                server.http("POST", "/v1/embeddings", "{\"model\": \"stories-tiny\", \"input\": \"x\"}");
        assertEquals(400, encoded.statusCode(), encoded.body());
        assertTrue(encoded.body().contains("\"code\":\"wrong_task\""), encoded.body());
    }

    @Test
    @Order(2)
    void aPackThatIsSignedAndDroppedIsVerifiedAndServes() throws Exception {
        Path file = folder.resolve("tiny.jar");
        pack("tiny", "1.1.0", null).write(file);
        Server.Result signed = server.candor(
                "pack-sign",
                file.toString(),
                "--key",
                folder.resolve("packs.key").toString());
        assertEquals(0, signed.exitCode(), signed.err());
        drop(file, "tiny.jar");
        await("tiny 1.1.0 is installed", () -> "installed".equals(state("tiny", "1.1.0")));
        Map<?, ?> revision = revision("tiny", "1.1.0", null);
        assertEquals("signed by packs.example.org", revision.get("trust"));
        assertTrue(signed.out().contains(revision.get("digest").toString()), signed.out());
        activate(200, "tiny", "1.1.0");
        HttpResponse<String> embedded =
                server.http("POST", "/v1/embeddings", "{\"model\": \"tiny\", \"input\": \"a lighthouse\"}");
        assertEquals(200, embedded.statusCode(), embedded.body());
        assertTrue(embedded.body().contains(revision.get("digest").toString()), embedded.body());
    }

    @Test
    @Order(3)
    void weightsWithAnotherDigest() throws Exception {
        TinyPack pack = pack("encoder-en", "9.0.1", key);
        byte[] weights = pack.files.get("model.safetensors").clone();
        weights[weights.length - 1] ^= 1;
        pack.damaged.put("model.safetensors", weights);
        assertRefused(pack, "model.safetensors has SHA-256 " + TinyPack.sha256(weights) + ", but card.json says");
    }

    @Test
    @Order(3)
    void aSignatureOverAnotherPack() throws Exception {
        TinyPack pack = pack("encoder-en", "9.0.2", key);
        byte[] other = pack("encoder-en", "9.0.3", key).signature().getBytes(StandardCharsets.UTF_8);
        pack.damaged.put("card.sig", other);
        assertRefused(pack, "card.sig is a signature over", "not over this pack");
    }

    @Test
    @Order(3)
    void aSignatureThatWasTamperedWith() throws Exception {
        TinyPack pack = pack("encoder-en", "9.0.4", key);
        String right = pack.signature();
        int last = right.length() - 10;
        char bent = right.charAt(last) == 'A' ? 'B' : 'A';
        pack.damaged.put(
                "card.sig",
                (right.substring(0, last) + bent + right.substring(last + 1)).getBytes(StandardCharsets.UTF_8));
        assertRefused(pack, "card.sig: the signature of packs.example.org is wrong");
    }

    @Test
    @Order(3)
    void aKeyThatNobodyTrusts() throws Exception {
        assertRefused(
                pack("encoder-en", "9.0.5", SigningKey.generate("packs.example.org")),
                "it is not signed by a trusted key");
    }

    @Test
    @Order(3)
    void noSignature() throws Exception {
        assertRefused(pack("encoder-en", "9.0.6", null), "add encoder-en:9.0.6 to unsigned");
    }

    @Test
    @Order(3)
    void weightsThatEndTooEarly() throws Exception {
        TinyPack pack = pack("encoder-en", "9.0.7", key);
        byte[] weights = pack.files.get("model.safetensors");
        pack.damaged.put("model.safetensors", Arrays.copyOf(weights, weights.length / 2));
        assertRefused(pack, "model.safetensors ends after " + weights.length / 2 + " of the " + weights.length);
    }

    @Test
    @Order(3)
    void weightsThatEndedTooEarlyBeforeTheyWerePacked() throws Exception {
        TinyPack pack = pack("encoder-en", "9.0.8", key);
        pack.files.computeIfPresent("model.safetensors", (name, all) -> Arrays.copyOf(all, all.length / 2));
        assertRefused(pack, ": model.safetensors: tensor", "but the file holds only");
    }

    @Test
    @Order(3)
    void aSelfTestThatFails() throws Exception {
        TinyPack pack = pack("encoder-en", "9.0.9", key);
        String test = new String(pack.files.get("selftest.json"), StandardCharsets.UTF_8);
        String other = test.replaceFirst("\"vector\":\\[-?[0-9.E-]+", "\"vector\":[0.987654");
        assertFalse(other.equals(test));
        pack.files.put("selftest.json", other.getBytes(StandardCharsets.UTF_8));
        assertRefused(pack, "self-test case 0: a component is off by");
    }

    @Test
    @Order(3)
    void anotherContentUnderAKnownNameAndVersion() throws Exception {
        assertRefused(
                pack("encoder-en", "1.0.0", key),
                "the same name and version with other content is installed already, with digest " + serving);
    }

    @Test
    @Order(3)
    void aTaskThatTheRouteCannotUse() throws Exception {
        TinyPack pack = pack("encoder-en", "9.0.10", key);
        pack.values.put("tasks", List.of("classify"));
        assertRefused(pack, "its tasks are [classify], and the route \"encoder-en\" needs embed or generate");
    }

    @Test
    @Order(3)
    void aCardThatSaysOtherThanTheBundle() throws Exception {
        TinyPack pack = pack("encoder-en", "9.0.11", key);
        pack.values.put("version", "9.0.12");
        assertRefused(pack, "the bundle's capability says encoder-en 9.0.11", "card.json says encoder-en 9.0.12");
    }

    @Test
    @Order(3)
    void moreMemoryThanThereIs() throws Exception {
        // what is loaded already is not measured again: another pack shows when the limit counts
        Path probe = folder.resolve("probe.jar");
        pack("tiny", "1.2.0", key).write(probe);
        drop(probe, "probe.jar");
        await("tiny 1.2.0 is seen", () -> revision("tiny", "1.2.0", null) != null);
        assertEquals("", verified("tiny", "1.2.0"));
        Files.writeString(configuration(), rules + "memoryBytes = 1000000\n");
        try {
            await("the limit counts", () -> verified("tiny", "1.2.0").contains("not enough memory"));
            assertRefused(pack("encoder-en", "9.0.13", key), "there is not enough memory for it: about ");
        } finally {
            Files.writeString(configuration(), rules);
        }
        await("the limit is gone", () -> verified("tiny", "1.2.0").isEmpty());
        Files.delete(server.home().resolve("deploy/probe.jar"));
        await("tiny 1.2.0 is forgotten", () -> revision("tiny", "1.2.0", null) == null);
    }

    @Test
    @Order(3)
    void aLinkThatLeadsOutOfADroppedFolder() throws Exception {
        Path hidden = server.home().resolve("deploy/models/.linked-1.0.0");
        TinyPack.huggingFace(hidden);
        Files.delete(hidden.resolve("config.json"));
        Files.createSymbolicLink(hidden.resolve("config.json"), server.home().resolve("cli.key"));
        Path seen = hidden.resolveSibling("linked-1.0.0");
        Files.move(hidden, seen);
        await("linked-1.0.0 is refused", () -> revision("linked-1.0.0", "", null) != null);
        assertSaid("linked-1.0.0", "", null, "config.json is a symbolic link that leads out of the folder");
        assertEquals(serving, ask());
        delete(seen);
        await("linked-1.0.0 is forgotten", () -> revision("linked-1.0.0", "", null) == null);
    }

    private TinyPack pack(String name, String version, SigningKey signer) throws IOException {
        TinyPack pack = TinyPack.of(huggingFace, reference, name, version);
        pack.key = signer;
        return pack;
    }

    private void drop(Path file, String name) throws IOException {
        Path hidden = server.home().resolve("deploy/." + name);
        Files.copy(file, hidden);
        Files.move(hidden, server.home().resolve("deploy/" + name));
    }

    private void assertRefused(TinyPack pack, String... reasons) throws Exception {
        Set<String> before = kept();
        Path file = folder.resolve("broken.jar");
        pack.write(file);
        drop(file, "broken.jar");
        boolean known = "1.0.0".equals(pack.version);
        String digest = known ? pack.digest() : null;
        await(pack.version + " is seen", () -> revision(pack.name, pack.version, digest) != null);
        if (!known) {
            HttpResponse<String> refused = activate(0, pack.name, pack.version);
            assertTrue(refused.statusCode() >= 400 && refused.statusCode() != 500, refused.body());
            Object message = ((Map<?, ?>) Server.json(refused.body()).get("error")).get("message");
            for (String reason : reasons) {
                assertTrue(message.toString().contains(reason), refused.body());
            }
        }
        assertSaid(pack.name, pack.version, digest, reasons);
        assertEquals(serving, ask(), "the old one serves");
        Files.delete(server.home().resolve("deploy/broken.jar"));
        await(pack.version + " is forgotten", () -> revision(pack.name, pack.version, digest) == null);
        await("nothing is left of it", () -> before.containsAll(kept()));
        String shell = server.candor("shell", "models").out();
        assertFalse(shell.contains("refused: " + pack.name + " " + pack.version + ":"), shell);
        assertEquals(serving, ask());
    }

    /** In /admin/models, which the console shows, and in the shell: the same line. */
    private void assertSaid(String name, String version, String digest, String... reasons) throws Exception {
        Map<?, ?> revision = revision(name, version, digest);
        assertEquals("failed", revision.get("state"), revision.toString());
        String line = revision.get("reason").toString();
        assertEquals(1, line.lines().count(), line);
        String shell = server.candor("shell", "models").out();
        String expected = "refused: " + name + " " + version + ": " + line;
        assertTrue(shell.lines().anyMatch(expected::equals), expected + "\n" + shell);
        for (String reason : reasons) {
            assertTrue(line.contains(reason), line);
        }
    }

    /** The digest of the model that answers. */
    private String ask() throws IOException, InterruptedException {
        HttpResponse<String> answer =
                server.http("POST", "/v1/answers", "{\"question\": \"When was the lighthouse built?\"}");
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("1874"), answer.body());
        return ((Map<?, ?>) ((List<?>) Server.json(answer.body()).get("models")).getFirst())
                .get("digest")
                .toString();
    }

    /** @param status that is expected, or 0 */
    private HttpResponse<String> activate(int status, String name, String version) throws Exception {
        HttpResponse<String> response = server.http(
                "POST",
                "/admin/models/activate",
                Json.write(Map.of("model", name, "version", version, "reason", "a test")));
        assertTrue(status == 0 || status == response.statusCode(), response.body());
        return response;
    }

    /** Why the revision is refused when it is verified anew; empty where it is not. */
    private String verified(String name, String version) throws Exception {
        HttpResponse<String> response = server.http(
                "POST",
                "/admin/models/verify",
                Json.write(Map.of("model", name, "version", version, "reason", "a test")));
        assertEquals(200, response.statusCode(), response.body());
        return ((Map<?, ?>) Server.json(response.body()).get("revision"))
                .get("reason")
                .toString();
    }

    private String state(String name, String version) throws Exception {
        Map<?, ?> revision = revision(name, version, null);
        return revision == null ? null : revision.get("state").toString();
    }

    /** @param digest or null for any; returns null where there is none */
    private Map<?, ?> revision(String name, String version, String digest) throws Exception {
        HttpResponse<String> models = server.http("GET", "/admin/models", null);
        assertEquals(200, models.statusCode(), models.body());
        for (Object each : (List<?>) Server.json(models.body()).get("revisions")) {
            Map<?, ?> revision = (Map<?, ?>) each;
            if (name.equals(revision.get("name"))
                    && version.equals(revision.get("version"))
                    && (digest == null || digest.equals(revision.get("digest")))) {
                return revision;
            }
        }
        return null;
    }

    /** Every file that the server keeps for models, and what lies in deploy/. */
    private Set<String> kept() throws IOException {
        Set<String> kept = new TreeSet<>();
        for (String each : List.of("models", "deploy")) {
            try (Stream<Path> files = Files.walk(server.home().resolve(each))) {
                kept.addAll(files.map(file -> server.home().relativize(file).toString())
                        .collect(Collectors.toSet()));
            }
        }
        return kept;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        for (int i = 0; i < 5 * PATIENCE_SECONDS; i++) {
            if (condition.holds()) {
                return;
            }
            Thread.sleep(200);
        }
        throw new AssertionError("in " + PATIENCE_SECONDS + " s it was not so that " + what);
    }
}
