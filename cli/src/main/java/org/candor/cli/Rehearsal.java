package org.candor.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Goes through what {@code ask} does, so that the build can record the classes it needs for a faster start. */
final class Rehearsal {

    private static final int MILLIS = 100;

    private Rehearsal() {}

    /** Sends a request to a port where nobody listens and shows an answer to nobody. */
    static int run(Instance instance) {
        AskArguments.parse(List.of("--json", "--lang", "en", "question"), instance.directory());
        try {
            new Http(new Instance(instance.home(), 1, instance.directory()))
                    .send("POST", "/v1/answers", "key", "{}", MILLIS);
        } catch (IOException e) {
            // Expected: the classes are loaded, and that is what this is for.
        }
        Map<String, Object> citation = Map.of("document", "a.md", "start", 0, "end", 1, "text", "文 text");
        String answer = JsonObject.of(Map.of(
                        "answer", "text",
                        "citations", List.of(citation),
                        "models", List.of(Map.of("name", "encoder", "version", "1")),
                        "timings", Map.of("total", 1.5),
                        "energy", Map.of("joules", 1.5, "method", "estimate")))
                .text();
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        new AnswerText(new Terminal(nowhere, nowhere, 80, true, false)).print(JsonObject.parse(answer), "");
        return 0;
    }
}
