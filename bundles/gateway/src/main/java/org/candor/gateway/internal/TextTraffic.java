package org.candor.gateway.internal;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;
import org.candor.api.model.ModelId;

/**
 * Statistics of texts that models wrote, under the names of OpenTelemetry's conventions for generative AI where they have one.
 * Labels name kinds of requests and models that are installed, and nothing that a caller makes up. Thread safe.
 */
final class TextTraffic {

    /** OpenTelemetry's advice for the time to the first token, in seconds. */
    private static final double[] FIRST_SECONDS = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };
    /** OpenTelemetry's advice for the time of each further token, in seconds. */
    private static final double[] TOKEN_SECONDS = {0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5
    };

    private record Kind(String operation, String model) {}

    private record Figures(Histogram first, Histogram perToken, Histogram input, Histogram output) {

        Figures() {
            this(
                    new Histogram(FIRST_SECONDS),
                    new Histogram(TOKEN_SECONDS),
                    new Histogram(Traffic.TOKENS),
                    new Histogram(Traffic.TOKENS));
        }
    }

    /** What texts of a revision took whose energy is known. */
    private record Cost(DoubleAdder joules, LongAdder tokens) {}

    private final Map<Kind, Figures> figures = new ConcurrentHashMap<>();
    private final Map<ModelId, Cost> costs = new ConcurrentHashMap<>();

    /** @param operation in OpenTelemetry's words, for example {@code chat} */
    void record(String operation, Response.Account account) {
        Response.Texts texts = account.texts();
        if (texts == null) {
            return;
        }
        Figures kind = figures.computeIfAbsent(new Kind(operation, texts.model().name()), key -> new Figures());
        kind.input().record(texts.promptTokens());
        kind.output().record(texts.completionTokens());
        if (texts.firstSeconds() >= 0) {
            kind.first().record(texts.firstSeconds());
        }
        if (texts.tokenSeconds() >= 0) {
            kind.perToken().record(texts.tokenSeconds());
        }
        if (account.joules() != null && texts.completionTokens() > 0) {
            Cost cost = costs.computeIfAbsent(texts.model(), key -> new Cost(new DoubleAdder(), new LongAdder()));
            cost.joules().add(account.joules());
            cost.tokens().add(texts.completionTokens());
        }
    }

    /** Joules for each token that a revision wrote since the server began, prompts included; null while nothing is known. */
    Double joulesPerToken(String digest) {
        return costs.entrySet().stream()
                .filter(entry -> entry.getKey().digest().equals(digest))
                .map(Map.Entry::getValue)
                .filter(cost -> cost.tokens().sum() > 0)
                .map(cost -> cost.joules().sum() / cost.tokens().sum())
                .findFirst()
                .orElse(null);
    }

    /** Samples of {@code gen_ai_client_token_usage}, after those of other operations. */
    void writeTokens(MetricsText text, String name) {
        sorted().forEach(entry -> {
            entry.getValue().input().write(text, name, labels(entry.getKey(), "gen_ai_token_type", "input"));
            entry.getValue().output().write(text, name, labels(entry.getKey(), "gen_ai_token_type", "output"));
        });
    }

    void write(MetricsText text) {
        write(
                text,
                "gen_ai_server_time_to_first_token_seconds",
                "From the model's queue to the first token (OpenTelemetry gen_ai.server.time_to_first_token).",
                Figures::first);
        write(
                text,
                "gen_ai_server_time_per_output_token_seconds",
                "Between tokens after the first, where one text was asked for (OpenTelemetry"
                        + " gen_ai.server.time_per_output_token).",
                Figures::perToken);
        text.metric(
                "candor_generation_energy_joules_total",
                "counter",
                "Energy of texts whose energy is known, prompts included.");
        costs().forEach(entry -> text.sample(
                "candor_generation_energy_joules_total",
                entry.getValue().joules().sum(),
                "gen_ai_request_model",
                entry.getKey().name(),
                "version",
                entry.getKey().version()));
        text.metric(
                "candor_generation_energy_tokens_total",
                "counter",
                "Tokens written with the energy of candor_generation_energy_joules_total.");
        costs().forEach(entry -> text.sample(
                "candor_generation_energy_tokens_total",
                entry.getValue().tokens().sum(),
                "gen_ai_request_model",
                entry.getKey().name(),
                "version",
                entry.getKey().version()));
    }

    private void write(MetricsText text, String name, String help, Function<Figures, Histogram> which) {
        text.metric(name, "histogram", help);
        sorted().forEach(entry -> which.apply(entry.getValue()).write(text, name, labels(entry.getKey())));
    }

    private Stream<Map.Entry<Kind, Figures>> sorted() {
        return figures.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(
                        Comparator.comparing(Kind::operation).thenComparing(Kind::model)));
    }

    private Stream<Map.Entry<ModelId, Cost>> costs() {
        return costs.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(
                        Comparator.comparing(ModelId::name).thenComparing(ModelId::version)));
    }

    private static String[] labels(Kind kind, String... more) {
        return Stream.concat(
                        Stream.of(
                                "gen_ai_operation_name",
                                kind.operation(),
                                "gen_ai_provider_name",
                                "candor",
                                "gen_ai_request_model",
                                kind.model()),
                        Stream.of(more))
                .toArray(String[]::new);
    }
}
