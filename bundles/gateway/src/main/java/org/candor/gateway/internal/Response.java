package org.candor.gateway.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.candor.api.model.ModelId;
import org.candor.api.operation.Evidence;

/**
 * One HTTP response, apart from the servlet API.
 *
 * @param status code
 * @param headers by name
 * @param body its bytes, empty for none or where it is streamed
 * @param stream writes the body as events, or null
 * @param account what the request was, for statistics and the request log
 */
record Response(int status, Map<String, String> headers, byte[] body, Stream stream, Account account) {

    private static final String JSON = "application/json; charset=utf-8";

    /** Writes events on the connection's own thread until it returns: a slow client holds nobody else. */
    interface Stream {
        /**
         * @return what the request was, now that it has ended
         * @throws IOException when the client has gone
         */
        Account run(EventStream out) throws IOException, InterruptedException;
    }

    /**
     * What a request was; no content.
     *
     * @param operation governed operation, or null where none was done
     * @param outcome {@code ok} or the code of the error
     * @param joules of the operation, or null
     * @param model that was asked for, or null
     * @param tokens that went into it
     * @param texts what was written, or null where nothing was
     */
    record Account(String operation, String outcome, Double joules, String model, long tokens, Texts texts) {

        static final Account OK = new Account(null, "ok", null, null, 0);

        /** One that wrote no text. */
        Account(String operation, String outcome, Double joules, String model, long tokens) {
            this(operation, outcome, joules, model, tokens, null);
        }

        Account ended(String otherwise) {
            return new Account(operation, otherwise, joules, model, tokens, texts);
        }

        static Account of(String outcome, Map<String, Object> leaf, Map<String, Object> energy) {
            Object operation = leaf == null ? null : leaf.get("operation");
            Object joules = energy == null ? null : energy.get("joules");
            return new Account(
                    operation instanceof String name ? name : null,
                    outcome,
                    joules instanceof Number number ? number.doubleValue() : null,
                    null,
                    0);
        }
    }

    /**
     * Texts that a model wrote for a request.
     *
     * @param model that wrote
     * @param promptTokens of all prompts
     * @param completionTokens of all texts
     * @param firstSeconds until the first token, negative where there was none
     * @param tokenSeconds from one token to the next, negative where there was no next one or several texts were written together
     */
    record Texts(ModelId model, int promptTokens, int completionTokens, double firstSeconds, double tokenSeconds) {}

    static Response json(int status, Object value) {
        return bytes(status, JSON, JsonText.write(value));
    }

    static Response json(int status, byte[] written) {
        return bytes(status, JSON, written);
    }

    static Response text(int status, String text) {
        return bytes(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static Response bytes(int status, String type, byte[] body) {
        return new Response(status, Map.of("Content-Type", type), body, null, Account.OK);
    }

    static Response empty(int status) {
        return new Response(status, Map.of(), new byte[0], null, Account.OK);
    }

    /** Server-sent events. */
    static Response events(Stream stream) {
        return new Response(
                200, Map.of("Content-Type", "text/event-stream; charset=utf-8"), new byte[0], stream, Account.OK);
    }

    Response with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Response(status, more, body, stream, account);
    }

    /** With another way to write the body, or null for none. */
    Response streaming(Stream other) {
        return new Response(status, headers, body, other, account);
    }

    Response accounted(Account other) {
        return new Response(status, headers, body, stream, other);
    }

    /** The request was the operation that this proves. */
    Response accounted(Evidence evidence) {
        return accounted(Account.of("ok", evidence.leaf(), evidence.energy()));
    }
}
