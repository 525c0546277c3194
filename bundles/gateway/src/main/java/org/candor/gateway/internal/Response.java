package org.candor.gateway.internal;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP response, apart from the servlet API.
 *
 * @param status code
 * @param headers by name
 * @param body its bytes, empty for none
 */
record Response(int status, Map<String, String> headers, byte[] body) {

    private static final String JSON = "application/json; charset=utf-8";

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
        return new Response(status, Map.of("Content-Type", type), body);
    }

    static Response empty(int status) {
        return new Response(status, Map.of(), new byte[0]);
    }

    Response with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Response(status, more, body);
    }
}
