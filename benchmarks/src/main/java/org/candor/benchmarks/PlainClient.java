package org.candor.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection to a server on this machine, as a plain socket: little of what is measured through it is the client's own. */
final class PlainClient implements AutoCloseable {

    private final Socket socket;
    private final OutputStream to;
    private final InputStream from;
    private byte[] body = new byte[0];

    PlainClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        to = socket.getOutputStream();
        from = new BufferedInputStream(socket.getInputStream(), 65_536);
    }

    /**
     * A request as bytes.
     *
     * @param key an API key, or null
     * @param body JSON in ASCII, or empty
     */
    static byte[] request(String method, String path, int port, String key, String body) {
        return (method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n"
                        + (key == null ? "" : "Authorization: Bearer " + key + "\r\n")
                        + (body.isEmpty() ? "" : "Content-Type: application/json\r\n")
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Sends a request and reads the answer.
     *
     * @return nanoseconds from the first byte sent to the last one read
     * @throws IOException for anything but a 200 of stated length
     */
    long send(byte[] request) throws IOException {
        long begun = System.nanoTime();
        to.write(request);
        String status = line();
        int length = -1;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
        }
        if (length < 0) {
            throw new IOException("the server answered " + status);
        }
        body = from.readNBytes(length);
        long took = System.nanoTime() - begun;
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException("the server answered " + status + ": " + body());
        }
        return took;
    }

    /** Of the last answer. */
    String body() {
        return new String(body, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = from.read(); b != '\n'; b = from.read()) {
            if (b < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
