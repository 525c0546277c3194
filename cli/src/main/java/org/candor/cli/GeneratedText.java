package org.candor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A text as its server-sent events come, shown at once, and one quiet line on how it came about. Used by one thread.
 */
final class GeneratedText {

    private static final String DATA = "data: ";
    private static final String DONE = DATA + "[DONE]";

    private final Terminal terminal;
    private final LongSupplier nanoTime;
    private long begun;
    private long written;
    private final StringBuilder whole = new StringBuilder();
    private String finish = "";
    private boolean done;
    private JsonObject usage;
    private JsonObject candor;

    GeneratedText(Terminal terminal, LongSupplier nanoTime) {
        this.terminal = terminal;
        this.nanoTime = nanoTime;
    }

    /** The text is being asked for, perhaps once more. */
    void begin() {
        begun = nanoTime.getAsLong();
        written = begun;
    }

    /** Takes a line of the stream. Comments and empty lines say nothing. */
    void line(String line) {
        if (line.equals(DONE)) {
            done = true;
        } else if (line.startsWith(DATA)) {
            chunk(JsonObject.parse(line.substring(DATA.length())));
        }
    }

    private void chunk(JsonObject chunk) {
        if (chunk.has("error")) {
            terminal.out().println();
            terminal.out().flush();
            throw Failure.failed(chunk.object("error").text("message"));
        }
        for (JsonObject choice : chunk.objects("choices")) {
            whole.append(choice.text("text"));
            show(choice.text("text"));
            if (choice.has("finish_reason")) {
                finish = choice.text("finish_reason");
            }
        }
        if (chunk.has("usage")) {
            usage = chunk.object("usage");
        }
        if (chunk.has("candor")) {
            candor = chunk.object("candor");
        }
    }

    private void show(String text) {
        if (!text.isEmpty()) {
            terminal.clearProgress();
            terminal.out().print(Columns.harmless(text));
            terminal.out().flush();
            written = nanoTime.getAsLong();
        }
    }

    /**
     * Ends the text with what is known of it, once its proof holds.
     *
     * @param prompt that was sent
     */
    void end(String prompt, Verification verification) {
        terminal.out().println();
        if (!done || usage == null || candor == null) {
            terminal.out().flush();
            throw Failure.failed("the server broke off the text before it told how it came about");
        }
        terminal.out().flush();
        String proof = verification.verifyText(candor, usage, prompt, new TextProof.Written(whole.toString(), finish));
        terminal.out().println();
        terminal.out().println(terminal.faint(summary(proof)));
    }

    /** Model, speed, energy, proof. */
    private String summary(String proof) {
        JsonObject model = candor.object("model");
        double tokens = usage.number("completion_tokens");
        List<String> parts = new ArrayList<>();
        String on = candor.has("base")
                ? " on " + candor.object("base").text("name") + " "
                        + candor.object("base").text("version")
                : "";
        parts.add(model.text("name") + " " + model.text("version") + on);
        parts.add(speed(tokens, (written - begun) / 1e9));
        parts.add(AnswerText.energy(usage.object("energy")));
        parts.add(proof);
        return String.join(" · ", parts);
    }

    /** Waiting for the first token is part of the time. */
    private static String speed(double tokens, double seconds) {
        return seconds > 0
                ? String.format(Locale.ROOT, "%.0f tokens, %.1f tokens/s", tokens, tokens / seconds)
                : String.format(Locale.ROOT, "%.0f tokens", tokens);
    }
}
