package org.candor.console.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.DispatcherType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConsoleServletTest {

    private final Map<String, byte[]> contents = WebFiles.read();
    private final Server server = new Server();
    private final HttpClient client = HttpClient.newHttpClient();
    private String base;

    @BeforeAll
    void start() throws Exception {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new ConsoleServlet(contents));
        context.addServlet(holder, "/console/*");
        context.addFilter(new FilterHolder(new RootRedirect()), "/", EnumSet.of(DispatcherType.REQUEST));
        server.setHandler(context);
        server.start();
        base = "http://127.0.0.1:" + connector.getLocalPort();
    }

    @AfterAll
    void stop() throws Exception {
        client.close();
        server.stop();
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    @Test
    void everyFileIsServedAsItIsWithItsTypeAndPolicy() throws IOException, InterruptedException {
        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            if (List.of("verifier.template.html", "offline.js").contains(file.getKey())) {
                assertEquals(404, send("GET", "/console/" + file.getKey()).statusCode());
                continue;
            }
            HttpResponse<byte[]> response = send("GET", "/console/" + file.getKey());
            assertEquals(200, response.statusCode(), file.getKey());
            assertArrayEquals(file.getValue(), response.body(), file.getKey());
            assertTrue(header(response, "Content-Type").matches("[a-z/+]+; ?charset=utf-8"), file.getKey());
            assertEquals("nosniff", header(response, "X-Content-Type-Options"));
            String policy = header(response, "Content-Security-Policy");
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
            assertFalse(policy.contains("unsafe"), policy);
        }
    }

    @Test
    void aPageIsTheFrameWhateverItIsCalledAndAMissingModuleIsAnError() throws IOException, InterruptedException {
        for (String page : new String[] {"", "ask", "library/a/b.md", "models/encoder-en", "log/12"}) {
            HttpResponse<byte[]> response = send("GET", "/console/" + page);
            assertEquals(200, response.statusCode(), page);
            assertArrayEquals(contents.get("index.html"), response.body(), page);
        }
        for (String missing : new String[] {"nothing.js", "pages/nothing.js", "lang/fr.js", "proof/"}) {
            HttpResponse<byte[]> response = send("GET", "/console/" + missing);
            assertEquals(404, response.statusCode(), missing);
            assertTrue(new String(response.body(), StandardCharsets.UTF_8).contains("no_such_route"));
        }
    }

    @Test
    void browsersAreLedFromTheRootAndOthersAreNot() throws IOException, InterruptedException {
        HttpResponse<byte[]> browser = send("GET", "/", "Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        assertEquals(302, browser.statusCode());
        assertEquals("/console/", header(browser, "Location"));
        assertEquals("/console/", header(send("GET", "/console"), "Location"));
        assertEquals(404, send("GET", "/").statusCode());
        assertEquals(404, send("GET", "/", "Accept", "application/json").statusCode());
    }

    @Test
    void whatTheClientHasIsNotSentAgain() throws IOException, InterruptedException {
        HttpResponse<byte[]> first = send("GET", "/console/app.js");
        String tag = header(first, "ETag");
        HttpResponse<byte[]> again = send("GET", "/console/app.js", "If-None-Match", "\"other\", " + tag);
        assertEquals(304, again.statusCode());
        assertEquals(0, again.body().length);
        assertEquals(tag, header(again, "ETag"));
        assertEquals(
                200,
                send("GET", "/console/app.js", "If-None-Match", "\"other\"").statusCode());
        assertEquals("no-cache", header(first, "Cache-Control"));
    }

    @Test
    void itIsCompressedForThoseWhoTakeIt() throws IOException, InterruptedException {
        HttpResponse<byte[]> zipped = send("GET", "/console/style.css", "Accept-Encoding", "br, gzip;q=0.8");
        assertEquals("gzip", header(zipped, "Content-Encoding"));
        assertEquals("Accept-Encoding", header(zipped, "Vary"));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
            assertArrayEquals(contents.get("style.css"), in.readAllBytes());
        }
        for (String refusal : new String[] {"gzip;q=0", "gzip; q=0.0", "br", "gzipped"}) {
            HttpResponse<byte[]> plain = send("GET", "/console/style.css", "Accept-Encoding", refusal);
            assertEquals(null, header(plain, "Content-Encoding"), refusal);
            assertNotEquals(header(zipped, "ETag"), header(plain, "ETag"));
        }
    }

    @Test
    void theOfflineVerifierIsOneFileWhosePolicyAllowsItselfAndNothingElse() throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send("GET", "/console/verifier.html");
        String html = new String(response.body(), StandardCharsets.UTF_8);
        String policy = header(response, "Content-Security-Policy");
        assertTrue(
                policy.matches("default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; .*"), policy);
        assertTrue(
                html.contains("content=\"" + policy.replace("; frame-ancestors 'none'", "") + "\""), "saved with it");
        assertFalse(html.matches("(?s).*^(import|export) .*"), "no module is left");
        assertFalse(html.matches("(?s).*<(link|img)\\b.*"), "nothing is fetched");
        assertTrue(html.length() < 200_000, html.length() + " characters");
    }

    @Test
    void itOnlyReads() throws IOException, InterruptedException {
        HttpResponse<byte[]> head = send("HEAD", "/console/app.js");
        assertEquals(200, head.statusCode());
        assertEquals(contents.get("app.js").length, Integer.parseInt(header(head, "Content-Length")));
        HttpResponse<byte[]> post = send("POST", "/console/app.js");
        assertEquals(405, post.statusCode());
        assertEquals("GET, HEAD", header(post, "Allow"));
    }
}
