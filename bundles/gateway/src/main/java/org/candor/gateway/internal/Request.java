package org.candor.gateway.internal;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One HTTP request, apart from the servlet API. Used by one thread at a time.
 *
 * @param id given by the server, in the log and in {@code X-Request-Id}
 * @param method in capitals
 * @param path decoded, from {@code /v1} or the like on
 * @param query as sent, or null
 * @param header value of a header, or null
 * @param address of the client, as the connection shows it
 * @param secure whether it came over TLS
 * @param body of the request, read by who dispatches it; empty on routes that take none
 */
record Request(
        String id,
        String method,
        String path,
        String query,
        Function<String, String> header,
        String address,
        boolean secure,
        byte[] body) {

    Request withBody(byte[] bytes) {
        return new Request(id, method, path, query, header, address, secure, bytes);
    }

    String header(String name) {
        return header.apply(name);
    }

    /** Query parameters; of a name that is given twice, neither is to be believed. */
    Map<String, String> parameters() {
        Map<String, String> result = new HashMap<>();
        if (query == null || query.isEmpty()) {
            return result;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (result.putIfAbsent(name, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
                throw ApiError.invalid("invalid_value", name, "Query parameter " + name + " is given more than once.");
            }
        }
        return result;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiError.invalid("invalid_value", null, "The query string is not percent-encoded UTF-8.");
        }
    }
}
