package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP server as it ships: over TLS where that is configured, and with clients that behave badly. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpIT {

    private static final String QUESTION = "{\"question\":\"What does withdrawal of consent reach?\"}";

    private Server server;
    private int securePort;
    private SSLContext trusting;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Path home = folder.resolve("home");
        Path store = keyStore(folder);
        try (ServerSocket free = new ServerSocket(0)) {
            securePort = free.getLocalPort();
        }
        server = new Server(home);
        Path etc = Files.createDirectories(home.resolve("etc"));
        // An operator's own file: the first start keeps it.
        String shipped = Files.readString(Server.root().resolve("etc/org.apache.felix.http.cfg"));
        Files.writeString(
                etc.resolve("org.apache.felix.http.cfg"),
                shipped.replace("org.apache.felix.https.enable = false", "org.apache.felix.https.enable = true")
                        .replace(
                                "#org.osgi.service.http.port.secure = 8443",
                                "org.osgi.service.http.port.secure = " + securePort)
                        .replace(
                                "#org.apache.felix.https.keystore = ${karaf.etc}/server.p12",
                                "org.apache.felix.https.keystore = " + store)
                        .replace("#org.apache.felix.https.keystore.type", "org.apache.felix.https.keystore.type")
                        .replace(
                                "#org.apache.felix.https.keystore.password =",
                                "org.apache.felix.https.keystore.password = changeit")
                        .replace("#org.apache.felix.https.jetty", "org.apache.felix.https.jetty"));
        server.start();
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    private Path keyStore(Path folder) throws Exception {
        Path store = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "candor",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=DNS:localhost,IP:127.0.0.1",
                        "-validity",
                        "30",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertTrue(keytool.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, keytool.exitValue());
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("candor", keys.getCertificate("candor"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, factory.getTrustManagers(), null);
        return store;
    }

    @Test
    void overTlsTheCookieIsSecureAndOldProtocolsAreRefused() throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
            URI base = URI.create("https://localhost:" + securePort);
            HttpResponse<String> live = client.send(
                    HttpRequest.newBuilder(base.resolve("/health/live")).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, live.statusCode());
            assertTrue(live.sslSession().orElseThrow().getProtocol().startsWith("TLSv1.3"));
            assertEquals(
                    204,
                    server.http("POST", "/admin/password", "{\"password\":\"correct horse battery\"}")
                            .statusCode());
            HttpResponse<String> in = client.send(
                    HttpRequest.newBuilder(base.resolve("/admin/session"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"user\":\"admin\",\"password\":\"correct horse battery\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(200, in.statusCode(), in.body());
            String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
            assertTrue(cookie.startsWith("candor-session-" + securePort + "="), cookie);
            assertTrue(cookie.contains("; Secure"), cookie);
            HttpResponse<String> me = client.send(
                    HttpRequest.newBuilder(base.resolve("/admin/session"))
                            .header("Cookie", cookie.split(";")[0])
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals("admin", Server.json(me.body()).get("user"));
        }
        try (HttpClient stranger = HttpClient.newHttpClient()) {
            assertThrows(
                    SSLHandshakeException.class,
                    () -> stranger.send(
                            HttpRequest.newBuilder(URI.create("https://localhost:" + securePort + "/health/live"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString()),
                    "the key store's own certificate is what is shown");
        }
        String unencrypted = plain("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", securePort);
        assertFalse(unencrypted.contains("HTTP/"), unencrypted);
    }

    private String plain(String request, int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            try {
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .replaceAll("[^ -~\r\n]", "");
            } catch (IOException e) {
                return "";
            }
        }
    }

    private String head(String method, String path, String more) throws IOException {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + Files.readString(server.home().resolve("cli.key")).strip() + "\r\n" + more;
    }

    private void othersAreServed() throws IOException, InterruptedException {
        HttpResponse<String> answer = server.http("POST", "/v1/answers", QUESTION);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(200, server.http("GET", "/health/live", null).statusCode());
    }

    @Test
    void clientsThatSendSlowlyOrReadNothingHoldNobodyElse() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket("127.0.0.1", server.port());
                slow.add(socket);
                String half =
                        switch (i % 4) {
                            case 0 -> "GET /v1/sta";
                            case 1 ->
                                head(
                                        "POST",
                                        "/v1/answers",
                                        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");
                            case 2 ->
                                head(
                                        "POST",
                                        "/v1/answers",
                                        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"que\r\n");
                            default -> head("GET", "/v1/status", "X-Slow: ");
                        };
                socket.getOutputStream().write(half.getBytes(StandardCharsets.ISO_8859_1));
            }
            // Watchers that never read what they are told.
            for (int i = 0; i < 10; i++) {
                Socket socket = new Socket("127.0.0.1", server.port());
                socket.setReceiveBufferSize(1_024);
                slow.add(socket);
                socket.getOutputStream()
                        .write(head("GET", "/admin/events", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
            othersAreServed();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        othersAreServed();
    }

    @Test
    void halfClosedConnectionsAndPipelinedRequestsAreAnswered() throws Exception {
        String one = head("GET", "/health/live", "\r\n");
        String last = head("GET", "/health/live", "Connection: close\r\n\r\n");
        String answers = plain(one.repeat(20) + last, server.port());
        assertEquals(21, answers.split("HTTP/1\\.1 200", -1).length - 1, answers);
        String body = QUESTION;
        String question = head(
                "POST",
                "/v1/answers",
                "Content-Type: application/json\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body);
        assertTrue(plain(question, server.port()).startsWith("HTTP/1.1 200"), "answered after the client's last byte");
        String smuggled = plain(
                head("POST", "/v1/answers", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                server.port());
        assertTrue(smuggled.startsWith("HTTP/1.1 400"), smuggled);
    }

    @Test
    void garbageAndOversizeHarmNobody() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[1 + random.nextInt(400)];
            random.nextBytes(bytes);
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                socket.setSoTimeout(60_000);
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                InputStream in = socket.getInputStream();
                assertFalse(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 200"));
            } catch (java.net.SocketException e) {
                // The server closed on what is no HTTP.
                assertTrue(e.getMessage() != null);
            }
        }
        String header = plain(head("GET", "/v1/status", "X-Large: " + "x".repeat(40_000) + "\r\n\r\n"), server.port());
        assertTrue(header.isEmpty() || header.startsWith("HTTP/1.1 431"), header);
        String deep = "{\"question\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";
        HttpResponse<String> nested = server.http("POST", "/v1/answers", deep);
        assertEquals(400, nested.statusCode());
        assertEquals("invalid_json", code(nested));
        HttpResponse<String> large =
                server.http("POST", "/v1/answers", "{\"question\":\"" + "x".repeat(5 << 20) + "\"}");
        assertEquals(413, large.statusCode());
        assertEquals("body_too_large", code(large));
        othersAreServed();
    }

    private static String code(HttpResponse<String> response) {
        return ((Map<?, ?>) Server.json(response.body()).get("error"))
                .get("code")
                .toString();
    }

    @Test
    void aStreamedAnswerIsWhatWasAnsweredAndItsRequestIsOneLineOfTheLog() throws Exception {
        HttpResponse<String> streamed = server.http("POST", "/v1/answers", QUESTION.replace("}", ",\"stream\":true}"));
        assertEquals(200, streamed.statusCode());
        List<String> events = streamed.body()
                .lines()
                .filter(line -> line.startsWith("event: "))
                .toList();
        assertEquals(
                List.of("event: progress", "event: progress", "event: citations", "event: answer", "event: done"),
                events);
        String last = streamed.body().substring(streamed.body().lastIndexOf("data: ") + 6);
        Path file = Files.createTempFile("candor-answer", ".json");
        Files.writeString(file, last);
        Server.Result verified = server.candor("verify", file.toString());
        Files.delete(file);
        assertEquals(0, verified.exitCode(), verified.err());
        HttpResponse<String> refused =
                server.http("POST", "/v1/embeddings", "{\"model\":\"no-such\",\"input\":\"a secret\"}");
        String id = refused.headers().firstValue("X-Request-Id").orElseThrow();
        String log = Files.readString(server.home().resolve("logs/candor.log"));
        String line = log.lines()
                .filter(each -> each.contains("request=" + id))
                .findFirst()
                .orElseThrow();
        assertTrue(line.contains("tenant=default"), line);
        assertTrue(line.contains("outcome=model_not_found"), line);
        assertFalse(log.contains("a secret"));
        assertTrue(log.contains("operation=answer route=\"POST /v1/answers\" status=200 outcome=ok"), "joules and all");
    }
}
