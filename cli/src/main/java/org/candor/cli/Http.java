package org.candor.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Requests to the instance's own server. {@link HttpURLConnection}, because it starts in a fraction of the time of the
 * newer client, and a question at the prompt pays that each time.
 */
final class Http {

    /** A response, whatever its status. */
    record Response(int status, String body) {}

    private static final int CONNECT_MILLIS = 2_000;

    private final Instance instance;

    Http(Instance instance) {
        this.instance = instance;
    }

    /**
     * Sends one request.
     *
     * @param key the API key, or null for what everybody may read
     * @param json the body, or null for none
     * @throws ConnectException when nothing listens
     */
    Response send(String method, String path, String key, String json, int readMillis) throws IOException {
        HttpURLConnection connection = open(method, path, key, json, readMillis);
        return whole(connection, connection.getResponseCode());
    }

    private HttpURLConnection open(String method, String path, String key, String json, int readMillis)
            throws IOException {
        URI address = URI.create("http://127.0.0.1:" + instance.port() + path);
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection(java.net.Proxy.NO_PROXY);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(readMillis);
        connection.setRequestMethod(method);
        connection.setUseCaches(false);
        connection.setInstanceFollowRedirects(false);
        if (key != null) {
            connection.setRequestProperty("Authorization", "Bearer " + key);
        }
        if (json != null) {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.getOutputStream().write(body);
        }
        return connection;
    }

    private static Response whole(HttpURLConnection connection, int status) throws IOException {
        try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            return new Response(status, in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** What may fail on the way to a response. */
    private interface Exchange {
        Response run() throws IOException;
    }

    /**
     * As {@link #request}, where a good response is told line by line as it comes and its body is empty then.
     *
     * @param readMillis longest silence
     */
    Response stream(String method, String path, String key, String json, int readMillis, Consumer<String> line) {
        return told(path, readMillis, () -> {
            HttpURLConnection connection = open(method, path, key, json, readMillis);
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                return whole(connection, status);
            }
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                    line.accept(next);
                }
            }
            return new Response(status, "");
        });
    }

    /** As {@link #send}, with every failure to get a response turned into a message for the person. */
    Response request(String method, String path, String key, String json, int readMillis) {
        return told(path, readMillis, () -> send(method, path, key, json, readMillis));
    }

    private Response told(String path, int readMillis, Exchange exchange) {
        try {
            return exchange.run();
        } catch (ConnectException e) {
            throw Failure.failed("no server answers on 127.0.0.1:" + instance.port() + ": ./candor start");
        } catch (SocketTimeoutException e) {
            throw Failure.failed("the server did not answer " + path + " within " + readMillis / 1000
                    + " s; its log is " + instance.log());
        } catch (IOException e) {
            throw Failure.failed(
                    "the connection to the server broke (" + e.getMessage() + "); its log is " + instance.log());
        }
    }
}
