package org.candor.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** A server that is ready and gives prepared answers, and the command line's terminal beside it. */
final class FakeServer implements AutoCloseable {

    private record Answer(int status, String body) {}

    final Instance instance;
    final Terminal terminal;
    /** What was asked, as {@code METHOD path key body}. */
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final HttpServer http;

    FakeServer(Path home) throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
        instance = new Instance(home, http.getAddress().getPort(), home);
        // As if this process were the server.
        Files.writeString(
                home.resolve("candor.pid"),
                Long.toString(ProcessHandle.current().pid()));
        Files.writeString(home.resolve("cli.key"), "the-key\n");
        PrintStream out = new PrintStream(shown, false, StandardCharsets.UTF_8);
        terminal = new Terminal(out, out, 0, false, false);
    }

    FakeServer then(int status, String body) {
        answers.add(new Answer(status, body));
        return this;
    }

    String shown() {
        terminal.out().flush();
        return shown.toString(StandardCharsets.UTF_8);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Answer answer = new Answer(200, "{}");
        if (!path.equals("/health/ready")) {
            requests.add(exchange.getRequestMethod() + " " + path + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
            answer = answers.remove();
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
