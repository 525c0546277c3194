package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.candor.proof.Json;

/** A server of its own home and ports, used as a person would: through the launcher, and over HTTP. */
final class Server implements AutoCloseable {

    /** What a command said, and how it ended. */
    record Result(int exitCode, String out, String err) {
        Map<String, Object> json() {
            return Server.json(out);
        }
    }

    private static final Path ROOT = Path.of(System.getProperty("candor.root"));
    private static final int COMMAND_SECONDS = 240;

    private final Path home;
    private final int port;
    private final int sshPort;
    private final String options;

    Server(Path home) throws IOException {
        this(home, "");
    }

    /** @param options more options of its Java machine */
    Server(Path home, String options) throws IOException {
        this.home = home;
        this.options = options;
        try (ServerSocket http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket ssh = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = http.getLocalPort();
            this.sshPort = ssh.getLocalPort();
        }
    }

    static Path assembly() {
        return ROOT.resolve("distribution/target/assembly");
    }

    static Path root() {
        return ROOT;
    }

    Path home() {
        return home;
    }

    int port() {
        return port;
    }

    int sshPort() {
        return sshPort;
    }

    /** Runs {@code ./candor arguments...} to its end. */
    Result candor(String... arguments) throws IOException, InterruptedException {
        return finish(begin(arguments));
    }

    /** Starts {@code ./candor arguments...}; its output goes to files of its own. */
    Running begin(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("candor").toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile("candor", ".out");
        Path err = Files.createTempFile("candor", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile());
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        settings(builder.environment());
        return new Running(builder.start(), out, err);
    }

    /** What makes a launcher work on this home, and on no other. */
    void settings(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("CANDOR_") || name.startsWith("KARAF_"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("CANDOR_ASSEMBLY", assembly().toString());
        environment.put("CANDOR_HOME", home.toString());
        environment.put("CANDOR_PORT", Integer.toString(port));
        environment.put("CANDOR_SSH_PORT", Integer.toString(sshPort));
        environment.put("CANDOR_HEAP", "1g");
        environment.put("CANDOR_JAVA_OPTS", options);
        // A bare container's locale: Chinese arguments and file names have to work in it.
        environment.put("LC_ALL", "C");
    }

    /** A command under way. */
    record Running(Process process, Path out, Path err) {}

    static Result finish(Running running) throws IOException, InterruptedException {
        if (!running.process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
            running.process.destroyForcibly();
            throw new AssertionError(
                    "the command did not end within " + COMMAND_SECONDS + " s: " + Files.readString(running.err));
        }
        Result result =
                new Result(running.process.exitValue(), Files.readString(running.out), Files.readString(running.err));
        Files.delete(running.out);
        Files.delete(running.err);
        return result;
    }

    /** Starts it and expects it to be ready. */
    void start() throws IOException, InterruptedException {
        Result result = candor("start");
        assertEquals(0, result.exitCode(), result.err());
    }

    /** Stops it and expects it to end. */
    void stop() throws IOException, InterruptedException {
        Result result = candor("stop");
        assertEquals(0, result.exitCode(), result.err());
    }

    /** The process the launcher started. */
    ProcessHandle process() throws IOException {
        long pid = Long.parseLong(Files.readString(home.resolve("candor.pid")).strip());
        return ProcessHandle.of(pid).orElseThrow(() -> new AssertionError("no process " + pid));
    }

    /** Ends it at once, as a power cut would. */
    void kill() throws IOException {
        ProcessHandle process = process();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** A request with the command line's key. */
    HttpResponse<String> http(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(home.resolve("cli.key")).strip())
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** What the log says of requests that failed, with the beginning of why. */
    String failures() {
        try {
            List<String> lines = Files.readAllLines(home.resolve("logs/candor.log"));
            StringBuilder said = new StringBuilder();
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).contains(") failed")) {
                    said.append(String.join("\n", lines.subList(i, Math.min(lines.size(), i + 12))))
                            .append('\n');
                }
            }
            return said.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> json(String text) {
        return (Map<String, Object>) Json.parse(text.strip());
    }

    static List<?> list(String text) {
        return (List<?>) Json.parse(text.strip());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        candor("stop");
    }
}
