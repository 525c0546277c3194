package org.candor.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Follows the server's library until everything in it can be found. */
final class Indexing {

    private static final int REQUEST_MILLIS = 30_000;
    private static final int POLL_MILLIS = 200;

    private final Http http;
    private final Terminal terminal;
    private final String key;

    Indexing(Http http, Terminal terminal, String key) {
        this.http = http;
        this.terminal = terminal;
        this.key = key;
    }

    /** Makes a folder the server's only library. */
    void setLibrary(Path folder) {
        String body = JsonObject.of(Map.of("library", folder.toString())).text();
        Http.Response response = http.request("POST", "/v1/documents", key, body, REQUEST_MILLIS);
        if (response.status() != 202) {
            throw Failure.failed(
                    "the server does not take " + folder + " as its library: " + ServerError.message(response));
        }
    }

    /** Returns when the library is at rest. */
    void awaitEnd() {
        boolean told = false;
        while (true) {
            JsonObject library = library();
            switch (library.text("state")) {
                case "indexing" -> {
                    told = tell(library, told);
                    pause();
                }
                case "failed" ->
                    throw Failure.failed("indexing the library " + library.text("library") + " failed: "
                            + Columns.harmless(String.join("; ", problems())));
                default -> {
                    return;
                }
            }
        }
    }

    /** Says which files of the library were not read, and why; nothing when all were. */
    void tellProblems() {
        JsonObject library = library();
        if (library.number("unread") > 0) {
            List<String> problems = problems();
            terminal.clearProgress();
            long all = (long) library.number("documents") + problems.size();
            String verb = problems.size() == 1 ? " was" : " were";
            terminal.say(problems.size() + " of " + all + (all == 1 ? " file" : " files") + verb + " not read: "
                    + Columns.harmless(String.join("; ", problems)));
        }
    }

    /** On a terminal one line that moves; elsewhere one line, once. */
    private boolean tell(JsonObject library, boolean told) {
        StringBuilder text = new StringBuilder("indexing " + library.value("done") + " of " + library.value("total"));
        if (library.has("secondsLeft")) {
            text.append(String.format(Locale.ROOT, ", %.0f s left", library.number("secondsLeft")));
        }
        if (terminal.live()) {
            terminal.progress(text.toString());
        } else if (!told) {
            terminal.say(text.toString());
        }
        return true;
    }

    private JsonObject library() {
        return told("/v1/status").object("library");
    }

    /** Which files were not read, and why, as the policy lets it be told. */
    private List<String> problems() {
        return told("/v1/documents").object("status").texts("problems");
    }

    private JsonObject told(String path) {
        Http.Response response = http.request("GET", path, key, null, REQUEST_MILLIS);
        if (response.status() != 200) {
            throw Failure.failed("the server does not tell the state of its library: " + ServerError.message(response));
        }
        return JsonObject.parse(response.body());
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.failed("interrupted");
        }
    }
}
