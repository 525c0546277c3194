package org.candor.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A server of the benchmark's own, started and stopped by the launcher. */
final class OwnServer implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ENCODER = "org.candor.transformer.internal.bert.BertTextEncoder";
    private static final String LOADER = "org.apache.felix.framework.BundleWiringImpl$BundleClassLoader";

    private final Path home;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();
    private String key;

    OwnServer(Path home, int port) {
        this.home = home;
        this.port = port;
    }

    Path home() {
        return home;
    }

    int port() {
        return port;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A new API key of the operator's tenant. */
    String key(String name, String role) throws IOException, InterruptedException {
        return key(name, role, "default");
    }

    /** A new API key. */
    String key(String name, String role, String tenant) throws IOException, InterruptedException {
        HttpResponse<String> made = send(
                "POST",
                "/admin/keys",
                "{\"name\":\"" + name + "\",\"tenant\":\"" + tenant + "\",\"roles\":[\"" + role + "\"]}");
        if (made.statusCode() != 201) {
            throw new IOException("/admin/keys: " + made.statusCode() + " " + made.body());
        }
        return parse(made.body()).path("secret").asText();
    }

    void start() throws IOException, InterruptedException {
        start("");
    }

    /** @param options more options of its Java machine */
    void start(String options) throws IOException, InterruptedException {
        launch("start", options);
        key = Files.readString(home.resolve("cli.key")).strip();
    }

    long pid() throws IOException {
        return Long.parseLong(Files.readString(home.resolve("candor.pid")).strip());
    }

    private void launch(String command, String options) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("candor.root"), "candor").toString(), command);
        builder.environment().put("CANDOR_HOME", home.toString());
        builder.environment().put("CANDOR_PORT", Integer.toString(port));
        builder.environment().remove("CANDOR_SSH_PORT");
        if (!options.isEmpty()) {
            builder.environment().put("CANDOR_JAVA_OPTS", options);
        }
        builder.environment().remove("CLASSPATH");
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        if (builder.start().waitFor() != 0) {
            throw new IOException("./candor " + command + " failed; see " + home.resolve("logs"));
        }
    }

    HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofMinutes(2))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    JsonNode json(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(method, path, body);
        if (response.statusCode() != 200) {
            throw new IOException(path + ": " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    static JsonNode parse(String json) throws IOException {
        return JSON.readTree(json);
    }

    /** Digest by version of encoder-en. */
    Map<String, String> digests() throws IOException, InterruptedException {
        Map<String, String> digests = new HashMap<>();
        for (JsonNode revision : json("GET", "/admin/models", null).path("revisions")) {
            if (revision.path("name").asText().equals("encoder-en")) {
                digests.put(
                        revision.path("version").asText(),
                        revision.path("digest").asText());
            }
        }
        return digests;
    }

    void activate(String version, String reason) throws IOException, InterruptedException {
        json(
                "POST",
                "/admin/models/activate",
                "{\"model\":\"encoder-en\",\"version\":\"" + version + "\",\"reason\":\"" + reason + "\"}");
    }

    /** Waits until nothing is being indexed: what languages need is loaded by then. */
    void awaitLibrary() throws IOException, InterruptedException {
        while (!json("GET", "/v1/status", null)
                .path("library")
                .path("state")
                .asText()
                .equals("idle")) {
            Thread.sleep(100);
        }
    }

    /** Waits until the library's index is bound to an encoder and nothing is being indexed. */
    void awaitEncoder(String digest) throws IOException, InterruptedException {
        while (true) {
            JsonNode library = json("GET", "/v1/status", null).path("library");
            if (library.path("encoders").toString().contains(digest)
                    && library.path("state").asText().equals("idle")) {
                return;
            }
            Thread.sleep(100);
        }
    }

    /** What the process holds, after a collection of the whole heap. */
    void print(PrintStream out, String when) throws IOException, InterruptedException {
        long pid = pid();
        diagnose(pid, "GC.run");
        String histogram = diagnose(pid, "GC.class_histogram");
        long heap = 0;
        long encoders = 0;
        long loaders = 0;
        for (String line : histogram.lines().toList()) {
            String[] parts = line.strip().split("\\s+");
            if (parts.length >= 3 && parts[0].equals("Total")) {
                heap = Long.parseLong(parts[2]);
            } else if (parts.length >= 4 && parts[3].equals(ENCODER)) {
                encoders = Long.parseLong(parts[1]);
            } else if (parts.length >= 4 && parts[3].startsWith(LOADER)) {
                loaders += Long.parseLong(parts[1]);
            }
        }
        long mapped = 0;
        try (var maps = Files.lines(Path.of("/proc", Long.toString(pid), "maps"))) {
            mapped = maps.filter(line -> line.contains("/models/store/")).count();
        }
        long resident = 0;
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("RssAnon:")) {
                resident = Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"swap\",\"when\":\"%s\",\"heapBytes\":%d,\"residentBytes\":%d,\"mappedWeightFiles\":%d,"
                        + "\"encoders\":%d,\"bundleClassLoaders\":%d}%n",
                when,
                heap,
                resident,
                mapped,
                encoders,
                loaders);
    }

    private static String diagnose(long pid, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + text);
        }
        return text;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        launch("stop", "");
        client.close();
    }
}
