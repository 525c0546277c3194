package org.candor.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One streamed completion over a connection of its own, as a plain socket: little of what is measured is the client's. Used by
 * one thread.
 */
public final class TextStream implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 300_000;

    private final Socket socket;
    private final InputStream from;
    private int left;

    /**
     * Sends the request, and reads the head of the response.
     *
     * @param key an API key
     * @param body JSON in ASCII with {@code "stream": true}
     * @throws IOException also for any status but 200, with what the server said
     */
    public TextStream(int port, String key, String body) throws IOException {
        this(send(port, key, body, 0));
        try {
            String status = line();
            boolean chunked = false;
            int length = 0;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(Locale.ROOT);
                chunked |= lower.equals("transfer-encoding: chunked");
                length = lower.startsWith("content-length: ") ? Integer.parseInt(lower.substring(16)) : length;
            }
            if (!status.startsWith("HTTP/1.1 200") || !chunked) {
                throw new IOException(status + " " + new String(from.readNBytes(length), StandardCharsets.UTF_8));
            }
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private TextStream(Socket socket) throws IOException {
        this.socket = socket;
        from = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    /**
     * A connection on which a request was sent and nothing is read.
     *
     * @param receiveBuffer bytes that the client takes without reading them, or 0 for the system's own choice
     */
    static Socket send(int port, String key, String body, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(("POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAuthorization: Bearer "
                                    + key
                                    + "\r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The next event's data; null after the last. */
    public String next() throws IOException {
        for (String line = bodyLine(); line != null; line = bodyLine()) {
            if (line.startsWith("data: ")) {
                return line.substring(6);
            }
        }
        return null;
    }

    /** Breaks the connection as a client does that crashes: with a reset. */
    public void vanish() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private String bodyLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        for (int b = bodyByte(); b != '\n'; b = bodyByte()) {
            if (b < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private int bodyByte() throws IOException {
        if (left < 0) {
            return -1;
        }
        if (left == 0) {
            String size = line();
            left = Integer.parseInt(size.isEmpty() ? line() : size, 16);
            if (left == 0) {
                left = -1;
                return -1;
            }
        }
        left--;
        return read();
    }

    private int read() throws IOException {
        int b = from.read();
        if (b < 0) {
            throw new EOFException("the server closed the connection in the middle");
        }
        return b;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = read(); b != '\n'; b = read()) {
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
