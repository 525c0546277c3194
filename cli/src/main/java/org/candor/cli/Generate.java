package org.candor.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code generate}: has a model continue a text, and shows it while it is written; verified here when it is whole. */
final class Generate {

    private static final String PATH = "/v1/completions";
    /** A server that writes says at least that it works, every few seconds. */
    private static final int SILENCE_MILLIS = 60_000;
    /** Longer than a server works on one text. */
    private static final int WHOLE_MILLIS = 900_000;

    private final Instance instance;
    private final Terminal terminal;
    private final Http http;

    Generate(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
        this.http = new Http(instance);
    }

    int run(List<String> words) {
        GenerateArguments arguments = GenerateArguments.parse(words);
        new Readiness(instance, terminal).await();
        String key = instance.apiKey();
        String body = arguments.body();
        boolean shipped = arguments.model().equals(GenerateArguments.USUAL_MODEL);
        if (arguments.json()) {
            Http.Response response =
                    ModelLoading.await(terminal, shipped, () -> http.request("POST", PATH, key, body, WHOLE_MILLIS));
            accepted(response);
            new Verification(instance.logKey())
                    .verifyText(response.body().getBytes(StandardCharsets.UTF_8), arguments.prompt());
            terminal.out().println(response.body().strip());
            return 0;
        }
        GeneratedText text = new GeneratedText(terminal, System::nanoTime);
        accepted(ModelLoading.await(terminal, shipped, () -> {
            text.begin();
            return http.stream("POST", PATH, key, body, SILENCE_MILLIS, text::line);
        }));
        text.end(arguments.prompt(), new Verification(instance.logKey()));
        return 0;
    }

    private void accepted(Http.Response response) {
        terminal.clearProgress();
        if (response.status() != 200) {
            throw Failure.failed(ServerError.message(response));
        }
    }
}
