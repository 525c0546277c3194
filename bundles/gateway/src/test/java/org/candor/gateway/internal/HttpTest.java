package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The servlet in a real Jetty. */
class HttpTest {

    @TempDir
    Path home;

    private Server server;
    private org.eclipse.jetty.server.Server jetty;
    private int port;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        server = new Server(home);
        jetty = new org.eclipse.jetty.server.Server();
        ServerConnector connector = new ServerConnector(jetty, 1, 1);
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(server.gateway);
        context.addServlet(holder, "/v1/*");
        context.addServlet(holder, "/admin/*");
        context.addServlet(holder, "/health/*");
        context.addServlet(holder, "/*");
        jetty.setHandler(context);
        jetty.start();
        port = connector.getLocalPort();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        jetty.stop();
        server.close();
    }

    private HttpRequest.Builder request(String target) throws Exception {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .header("Authorization", "Bearer " + server.key());
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    @Test
    void chineseComesAndGoesUnharmed() throws Exception {
        HttpResponse<String> response = send(request("/v1/answers")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"question\":\"谁可以撤回 🦊?\"}"))
                .build());
        assertEquals(200, response.statusCode());
        assertEquals(
                "application/json;charset=utf-8",
                response.headers()
                        .firstValue("Content-Type")
                        .orElseThrow()
                        .toLowerCase(java.util.Locale.ROOT)
                        .replace(" ", ""));
        assertTrue(response.body().contains("谁可以撤回 🦊?"), response.body());
        assertTrue(response.headers().firstValue("X-Request-Id").isPresent());
    }

    @Test
    void pathsAreDecodedOnce() throws Exception {
        HttpResponse<String> response = send(request("/v1/documents/a/%E6%96%87%20x.md?title=%E6%A0%87&licence=a%2Bb")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[] {1, 2}))
                .build());
        assertEquals(201, response.statusCode(), response.body());
        assertEquals("add a/文 x.md", server.calls.getLast());
        assertEquals("标", server.lastMetadata.title());
        assertEquals("a+b", server.lastMetadata.licence());
    }

    @Test
    void aHeadRequestHasNoBody() throws Exception {
        HttpResponse<String> response = send(request("/health/live")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());
        assertEquals(200, response.statusCode());
        assertEquals("", response.body());
    }

    @Test
    void aChunkedBodyOverTheLimitIs413() throws Exception {
        byte[] large = new byte[20_000];
        HttpResponse<String> response = send(request("/v1/answers")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large)))
                .build());
        assertEquals(413, response.statusCode());
    }

    @Test
    void aClientThatSendsSlowlyHoldsNobodyElse() throws Exception {
        // More than the two workers and the four that may wait for one; with the request below as many as a key may
        // have.
        Socket[] slow = new Socket[7];
        for (int i = 0; i < slow.length; i++) {
            slow[i] = new Socket("127.0.0.1", port);
            slow[i].getOutputStream()
                    .write(("POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Authorization: Bearer " + server.key() + "\r\nContent-Length: 100\r\n\r\n{")
                            .getBytes(StandardCharsets.US_ASCII));
        }
        HttpResponse<String> response = send(request("/v1/answers")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"question\":\"q\"}"))
                .build());
        assertEquals(200, response.statusCode());
        for (Socket socket : slow) {
            socket.close();
        }
    }

    @Test
    void garbageAlwaysEndsInAClearResponseAndTheServerGoesOn() throws Exception {
        Random random = new Random(11);
        String whole = "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nAuthorization: Bearer " + server.key()
                + "\r\nContent-Length: 49\r\n\r\n{\"model\":\"encoder-en\",\"input\":[\"a\",\"b\"],\"user\":1}";
        for (int i = 0; i < 300; i++) {
            byte[] bytes = whole.getBytes(StandardCharsets.US_ASCII);
            for (int n = random.nextInt(6); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                InputStream in = socket.getInputStream();
                String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                // A damaged request line may read as HTTP/0.9 or nothing at all; what is answered is never a 500.
                assertTrue(!answer.startsWith("HTTP/1.1 500"), answer);
            } catch (java.net.SocketException e) {
                // The server closed on bytes that were no HTTP.
                assertTrue(e.getMessage() != null);
            }
        }
        assertEquals(200, send(request("/health/live").build()).statusCode());
    }

    private String post(String length, byte[] body) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Authorization: Bearer " + server.key() + "\r\nContent-Length: " + length
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aBodyThatStopsComingIsEndedWithAnAnswer() throws Exception {
        String answer = post("100", new byte[] {'{'});
        assertTrue(answer.startsWith("HTTP/1.1 408"), answer);
        assertTrue(answer.contains("\"body_too_slow\""), answer);
        assertEquals(200, send(request("/health/live").build()).statusCode());
    }

    @Test
    void whoSendsTooMuchReadsWhy() throws Exception {
        byte[] large = new byte[5 << 20];
        String answer = post(Integer.toString(large.length), large);
        assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
        assertTrue(answer.contains("\"body_too_large\""), answer);
    }

    @Test
    void anUnknownPathIsJsonToo() throws Exception {
        for (String path : new String[] {"/", "/nothing", "/v2/answers"}) {
            HttpResponse<String> response = send(request(path).build());
            assertEquals(404, response.statusCode(), path);
            assertTrue(response.body().startsWith("{\"error\":"), response.body());
        }
    }

    @Test
    void aPathThatReadsInTwoWaysIsRefused() throws Exception {
        for (String path : new String[] {
            "/v1/documents/../../admin/consent", "/v1/./models", "/v1//models", "/v1/documents/a%2Fb.md", "/v1/models;x"
        }) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(answer.startsWith("HTTP/1.1 400"), path + "\n" + answer);
            }
        }
    }
}
