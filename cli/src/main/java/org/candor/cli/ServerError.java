package org.candor.cli;

/** Reads the server's error bodies: {@code {"error": {"message", "type", "param", "code"}}}. */
final class ServerError {

    private ServerError() {}

    /** The stable code, or an empty text. */
    static String code(Http.Response response) {
        try {
            return JsonObject.parse(response.body()).object("error").text("code");
        } catch (RuntimeException e) {
            return "";
        }
    }

    /** The server's own words where it gave some, else the status. */
    static String message(Http.Response response) {
        try {
            return JsonObject.parse(response.body()).object("error").text("message");
        } catch (RuntimeException e) {
            return "HTTP status " + response.status();
        }
    }
}
