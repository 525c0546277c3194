package org.candor.cli;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code ask}: a governed answer from the library, verified here before it is shown. */
final class Ask {

    /** The library does not say. */
    static final int NO_ANSWER = 3;

    private static final int ANSWER_MILLIS = 120_000;

    private final Instance instance;
    private final Terminal terminal;
    private final Http http;

    Ask(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
        this.http = new Http(instance);
    }

    int run(List<String> words) {
        AskArguments arguments = AskArguments.parse(words, instance.directory());
        new Readiness(instance, terminal).await();
        String key = instance.apiKey();
        Indexing indexing = new Indexing(http, terminal, key);
        if (arguments.library() != null) {
            indexing.setLibrary(arguments.library());
        }
        indexing.awaitEnd();
        if (arguments.library() != null) {
            indexing.tellProblems();
        }
        String body = body(arguments);
        Http.Response response = ModelLoading.await(
                terminal, false, () -> http.request("POST", "/v1/answers", key, body, ANSWER_MILLIS));
        terminal.clearProgress();
        if (response.status() != 200) {
            throw Failure.failed(ServerError.message(response));
        }
        String proof =
                new Verification(instance.logKey()).verify(response.body().getBytes(StandardCharsets.UTF_8));
        JsonObject answer = JsonObject.parse(response.body());
        if (!arguments.question().equals(answer.text("question"))) {
            throw Failure.failed("the server answered another question: \"" + answer.text("question") + "\"");
        }
        boolean answered = answer.has("answer");
        if (arguments.json()) {
            terminal.out().println(response.body().strip());
        } else if (answered) {
            new AnswerText(terminal).print(answer, proof);
        } else {
            terminal.say("no answer in the library: " + Columns.harmless(answer.text("reason")) + " (" + proof + ")");
        }
        return answered ? 0 : NO_ANSWER;
    }

    private static String body(AskArguments arguments) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("question", arguments.question());
        if (arguments.language() != null) {
            body.put("language", arguments.language());
        }
        if (arguments.purpose() != null) {
            body.put("purpose", arguments.purpose());
        }
        return JsonObject.of(body).text();
    }
}
