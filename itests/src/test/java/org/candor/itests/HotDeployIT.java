package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs come into deploy/ of a running server and go again while clients ask without pause: no request notices. */
class HotDeployIT {

    private static final int CLIENTS = 4;
    private static final int ANSWERS = 20;
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path folder;

    private Server server;

    @AfterEach
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    @Test
    void packsComeAndGoWhileQuestionsRunAndNoneIsRefused() throws Exception {
        Path library = Files.createDirectories(folder.resolve("library"));
        Files.writeString(
                library.resolve("lighthouse.md"), "The lighthouse was built in 1874 by the harbour company.\n");
        server = new Server(folder.resolve("home"));
        Server.Result asked = server.candor("ask", "--library", library.toString(), "When was the lighthouse built?");
        assertEquals(0, asked.exitCode(), asked.err());
        trust("models", "unsigned = tiny:1.0.0, tiny:1.1.0, tiny:1.2.0");
        trust("policy", "unsigned = night:1.0.0, dusk:1.0.0");
        Path deploy = server.home().resolve("deploy");
        try (Load load = new Load(server, CLIENTS)) {
            load.awaitAnswers(ANSWERS, "the start");
            Path huggingFace = deploy.resolve("models/tiny-1.0.0");
            Path hidden = huggingFace.resolveSibling(".tiny-1.0.0");
            TinyPack.huggingFace(hidden);
            Files.move(hidden, huggingFace);
            await("a folder is a model that passed its test", () -> "closed".equals(model("1.0.0")));

            Path reference = server.home().resolve("models/references/tiny-1.0.0");
            Path renamed = deploy.resolve(".tiny-1.1.0.jar");
            TinyPack.of(huggingFace, reference, "tiny", "1.1.0").write(renamed);
            Files.move(renamed, deploy.resolve("tiny-1.1.0.jar"));
            // Plain copies: in their place from their first byte on.
            TinyPack.of(huggingFace, reference, "tiny", "1.2.0").write(deploy.resolve("tiny-1.2.0.jar"));
            policy("night", deploy.resolve(".night.jar"));
            Files.move(deploy.resolve(".night.jar"), deploy.resolve("night.jar"));
            policy("dusk", deploy.resolve("dusk.jar"));
            for (String version : List.of("1.1.0", "1.2.0")) {
                await("the pack tiny " + version + " is installed", () -> "installed".equals(model(version)));
            }
            for (String name : List.of("night", "dusk")) {
                await("the policy " + name + " could be activated", () -> "candidate".equals(policy(name)));
            }
            load.awaitAnswers(ANSWERS, "packs that came");
            assertTrue(Files.exists(deploy.resolve("tiny-1.1.0.jar")), "it stays where it was dropped");

            for (String file : List.of("tiny-1.1.0.jar", "tiny-1.2.0.jar", "night.jar", "dusk.jar")) {
                Files.delete(deploy.resolve(file));
            }
            delete(huggingFace);
            for (String version : List.of("1.0.0", "1.1.0", "1.2.0")) {
                await("tiny " + version + " is gone", () -> model(version) == null);
            }
            for (String name : List.of("night", "dusk")) {
                await("the policy " + name + " is gone", () -> policy(name) == null);
            }
            load.awaitAnswers(ANSWERS, "packs that went");
            load.close();
            assertEquals(List.of(), load.wrong(), server::failures);
            assertEquals(0, load.refused(), "nobody had to wait for a pack");
        }
        assertEquals(0, server.candor("shell", "health").exitCode());
    }

    private void trust(String bundle, String line) throws IOException {
        Files.writeString(
                server.home().resolve("etc/org.candor." + bundle + ".cfg"),
                "\n" + line + "\n",
                StandardOpenOption.APPEND);
    }

    /** The shipped strict policy under another name, as a pack that somebody else has made. */
    private static void policy(String name, Path file) throws IOException {
        try (Stream<Path> files = Files.walk(Server.assembly().resolve("system/org/candor"))) {
            Path shipped = files.filter(
                            each -> each.getFileName().toString().startsWith("org.candor.packs.policy-strict-")
                                    && each.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
            try (JarFile from = new JarFile(shipped.toFile());
                    OutputStream out = Files.newOutputStream(file)) {
                Manifest manifest = from.getManifest();
                manifest.getMainAttributes().putValue("Bundle-SymbolicName", "org.example." + name);
                manifest.getMainAttributes()
                        .putValue(
                                "Provide-Capability", "org.candor.policy;name=" + name + ";version:Version=\"1.0.0\"");
                JarOutputStream to = new JarOutputStream(out, manifest);
                for (ZipEntry entry : from.stream()
                        .filter(each -> each.getName().startsWith("POLICY/") && !each.isDirectory())
                        .toList()) {
                    to.putNextEntry(new ZipEntry(entry.getName()));
                    try (InputStream content = from.getInputStream(entry)) {
                        byte[] bytes = content.readAllBytes();
                        to.write(entry.getName().endsWith("/card.json") ? card(bytes, name) : bytes);
                    }
                }
                to.finish();
            }
        }
    }

    private static byte[] card(byte[] shipped, String name) {
        String card = new String(shipped, StandardCharsets.UTF_8);
        String other = card.replace("\"name\": \"strict\"", "\"name\": \"" + name + "\"")
                .replaceFirst("\"version\": \"[^\"]*\"", "\"version\": \"1.0.0\"");
        assertTrue(!other.equals(card), card);
        return other.getBytes(StandardCharsets.UTF_8);
    }

    /** The state of a version of the model tiny; null where there is none. */
    private String model(String version) throws IOException, InterruptedException {
        return state("/admin/models", "revisions", "tiny", version);
    }

    private String policy(String name) throws IOException, InterruptedException {
        return state("/admin/policies", "data", name, "1.0.0");
    }

    private String state(String path, String list, String name, String version)
            throws IOException, InterruptedException {
        HttpResponse<String> response = server.http("GET", path, null);
        assertEquals(200, response.statusCode(), response.body());
        for (Object each : (List<?>) Server.json(response.body()).get(list)) {
            Map<?, ?> one = (Map<?, ?>) each;
            if (name.equals(one.get("name")) && version.equals(one.get("version"))) {
                return Objects.toString(one.get("state"));
            }
        }
        return null;
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
