package org.candor.gateway.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes server-sent events (HTML Living Standard, section 9.2), each at once. Used by one thread. */
final class EventStream {

    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

    private final OutputStream out;
    /** What is written next, whole: each write to the connection costs. */
    private final ByteArrayOutputStream event = new ByteArrayOutputStream(512);

    EventStream(OutputStream out) {
        this.out = out;
    }

    /** @param json has no line breaks once it is written, so that it is one line of data */
    void event(String name, Object json) throws IOException {
        begin("event: " + name + "\ndata: ");
        JsonText.write(json, event);
        flush();
    }

    /** An event without a name, as OpenAI streams them. */
    void data(Object json) throws IOException {
        begin("data: ");
        JsonText.write(json, event);
        flush();
    }

    /** The event that ends a stream of OpenAI's. */
    void done() throws IOException {
        begin("data: [DONE]");
        flush();
    }

    /** A line that clients ignore: it keeps the connection open and shows who has gone. */
    void comment(String text) throws IOException {
        begin(": " + text);
        flush();
    }

    private void begin(String text) {
        event.reset();
        event.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private void flush() throws IOException {
        event.writeBytes(END);
        event.writeTo(out);
        out.flush();
    }
}
