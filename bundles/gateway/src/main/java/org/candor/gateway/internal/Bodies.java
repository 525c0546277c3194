package org.candor.gateway.internal;

import java.util.Locale;

/** Bodies as JSON members. */
final class Bodies {

    private Bodies() {}

    /**
     * The members of a JSON body.
     *
     * @param known names that may be there
     * @throws ApiError 415, or 400 naming what is wrong
     */
    static Members json(Request request, String... known) {
        String type = request.header("Content-Type");
        if (type == null || !isJson(type.toLowerCase(Locale.ROOT))) {
            throw new ApiError(415, "unsupported_media_type", null, "Send the body as Content-Type: application/json.");
        }
        return new Members(JsonText.readObject(request.body()), known);
    }

    private static boolean isJson(String type) {
        String[] parts = type.split(";");
        if (!parts[0].strip().equals("application/json")) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i].strip().replace("\"", "");
            if (part.startsWith("charset=") && !part.equals("charset=utf-8") && !part.equals("charset=utf8")) {
                return false;
            }
        }
        return true;
    }
}
