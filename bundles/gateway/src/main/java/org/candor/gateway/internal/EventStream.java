package org.candor.gateway.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes server-sent events (HTML Living Standard, section 9.2), each at once. Used by one thread. */
final class EventStream {

    private final OutputStream out;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /** @param json has no line breaks once it is written, so that it is one line of data */
    void event(String name, Object json) throws IOException {
        out.write(("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(JsonText.write(json));
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** An event without a name, as OpenAI streams them. */
    void data(Object json) throws IOException {
        data(JsonText.write(json));
    }

    /** The event that ends a stream of OpenAI's. */
    void done() throws IOException {
        data("[DONE]".getBytes(StandardCharsets.UTF_8));
    }

    private void data(byte[] line) throws IOException {
        out.write("data: ".getBytes(StandardCharsets.UTF_8));
        out.write(line);
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** A line that clients ignore: it keeps the connection open and shows who has gone. */
    void comment(String text) throws IOException {
        out.write((": " + text + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
