package org.candor.shell.internal.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.candor.api.generate.Generated;
import org.candor.api.generate.Piece;
import org.candor.api.model.ModelId;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Generation.Order;
import org.candor.api.operation.Generation.Prompt;
import org.candor.api.operation.Generation.Written;
import org.candor.shell.internal.Width;

/** {@code candor:generate}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "generate",
        description = "Has a model continue a text or answer a message; shown as it is written.",
        detailedDescription = "Ends with one line: tokens, speed, energy, seed, log entry.\n"
                + "Example: candor:generate --max-tokens 60 --seed 7 \"Once upon a time\"\n"
                + "         candor:generate --model llama --chat --temperature 0 \"Why is the sky blue?\"")
public final class GenerateCommand extends CandorCommand {

    /** The toy that every server has, as {@code ./candor generate} has it. */
    private static final String USUAL_MODEL = "stories-tiny";

    private static final double NANOS_PER_SECOND = 1e9;

    @Argument(name = "prompt", required = true, description = "In quotation marks.")
    String prompt;

    @Option(name = "--model", description = "Its route; " + USUAL_MODEL + " where it is not given.")
    @Completion(GeneratorCompleter.class)
    String model = USUAL_MODEL;

    @Option(name = "--chat", description = "The prompt is a message, put into the model's chat template.")
    boolean chat;

    @Option(name = "--max-tokens", description = "Where the text ends at the latest.")
    int maxTokens = 200;

    @Option(name = "--temperature", description = "0 to 2; as the model's authors recommend where it is not given.")
    String temperature;

    @Option(name = "--top-p", description = "Only the likeliest tokens that together have this probability.")
    String topP;

    @Option(name = "--top-k", description = "Only so many of the likeliest tokens.")
    String topK;

    @Option(name = "--seed", description = "A whole number; drawn where it is not given.")
    String seed;

    @Option(name = "--stop", multiValued = true, description = "A text that ends it; may be given several times.")
    List<String> stops;

    @Option(name = "--purpose", description = "What for; text-generation where it is not given.")
    @Completion(value = StringsCompleter.class, values = Generation.DEFAULT_PURPOSE)
    String purpose;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Prompt asked = chat
                ? new Prompt.Chat(List.of(Map.of("role", "user", "content", prompt)), null, false, Map.of())
                : new Prompt.Text(prompt);
        Order order = new Order(model, List.of(asked), parameters(), purpose);
        if (json) {
            printJson(json(operations.generation().generate(caller, order, null)));
            return DONE;
        }
        Shown shown = new Shown();
        Written written;
        try {
            written = operations.generation().generate(caller, order, shown);
        } finally {
            if (shown.last > shown.begun) {
                print("");
            }
        }
        print("");
        print(summary(written, (shown.last - shown.begun) / NANOS_PER_SECOND));
        return DONE;
    }

    private Map<String, Object> parameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("max_tokens", (long) maxTokens);
        decimal(parameters, "temperature", "--temperature", temperature);
        decimal(parameters, "top_p", "--top-p", topP);
        whole(parameters, "top_k", "--top-k", topK);
        whole(parameters, "seed", "--seed", seed);
        if (stops != null) {
            parameters.put("stop", List.copyOf(stops));
        }
        return parameters;
    }

    private static void decimal(Map<String, Object> parameters, String name, String option, String given) {
        try {
            if (given != null) {
                parameters.put(name, Double.valueOf(given));
            }
        } catch (NumberFormatException e) {
            throw wrong(option, "\"" + given + "\" is no number");
        }
    }

    private static void whole(Map<String, Object> parameters, String name, String option, String given) {
        try {
            if (given != null) {
                parameters.put(name, Long.valueOf(given));
            }
        } catch (NumberFormatException e) {
            throw wrong(option, "\"" + given + "\" is no whole number");
        }
    }

    /** Shows pieces as they come; ends the text when nobody reads any more. */
    private final class Shown implements Generation.Sink {
        private final long begun = System.nanoTime();
        private long last = begun;
        private boolean read = true;

        @Override
        public void begun(Generation.Begun now) {
            // Its name and version are told at the end.
        }

        @Override
        public boolean piece(Piece piece) {
            if (!piece.text().isEmpty()) {
                read = show(Width.harmless(piece.text()));
                last = System.nanoTime();
            }
            return read;
        }

        @Override
        public boolean wanted() {
            return read;
        }
    }

    private static Map<String, Object> json(Written written) {
        Generated generated = written.generated();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", written.begun().model());
        if (written.begun().base() != null) {
            json.put("base", written.begun().base());
        }
        json.put("seed", written.begun().seed());
        json.put("text", generated.continuations().getFirst().text());
        json.put("finish", generated.continuations().getFirst().finish());
        json.put("promptTokens", generated.promptTokens());
        json.put("cachedTokens", generated.cachedTokens());
        json.put("completionTokens", generated.completionTokens());
        json.put("masked", written.masked());
        json.put("evidence", written.evidence());
        return json;
    }

    /** Waiting for the first token is part of the time. */
    private static String summary(Written written, double seconds) {
        int tokens = written.generated().completionTokens();
        String speed = seconds > 0 ? String.format(Locale.ROOT, " (%.1f tokens/s)", tokens / seconds) : "";
        ModelId base = written.begun().base();
        return written.begun().model().name() + " " + written.begun().model().version()
                + (base == null ? "" : " on " + base.name() + " " + base.version()) + ": " + tokens + " tokens"
                + speed + ", " + energy(written.evidence().energy()) + ", seed "
                + written.begun().seed() + ", logged as " + written.evidence().id();
    }
}
