package org.candor.gateway.internal;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.candor.api.operation.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came in and how it went: statistics, and one line of the log for each request, without any content. Thread safe.
 */
final class Traffic {

    static final Logger REQUESTS = LoggerFactory.getLogger("org.candor.requests");

    /** OpenTelemetry's advice for HTTP server durations, in seconds. */
    private static final double[] HTTP_SECONDS = {
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };
    /** OpenTelemetry's advice for generative AI durations, in seconds. */
    private static final double[] MODEL_SECONDS = {
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92
    };
    /** OpenTelemetry's advice for token counts. */
    static final double[] TOKENS = {
        1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864
    };

    private record Http(String method, String route, int status) {}

    private record Model(String operation, String model, String error) {}

    private record Counted(Histogram seconds, Histogram tokens) {}

    private final LongSupplier nanoTime;
    private final Logger requests;
    private final RecentRequests recent;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<Http, Histogram> http = new ConcurrentHashMap<>();
    private final Map<Model, Counted> models = new ConcurrentHashMap<>();
    private final TextTraffic texts = new TextTraffic();

    /** @param requests is told each request in one line */
    Traffic(LongSupplier nanoTime, Logger requests) {
        this.nanoTime = nanoTime;
        this.requests = requests;
        this.recent = new RecentRequests(nanoTime);
    }

    /** One request, from its first moment to its end. Used by one thread. */
    final class Passage {

        private final Request request;
        private final long begun = nanoTime.getAsLong();
        private Router.Route route;
        private Caller caller;

        private Passage(Request request) {
            this.request = request;
        }

        void found(Router.Route its) {
            route = its;
        }

        void by(Caller its) {
            caller = its;
        }

        void ended(Response response) {
            inFlight.decrementAndGet();
            count(this, response, nanoTime.getAsLong() - begun);
        }
    }

    Passage begin(Request request) {
        inFlight.incrementAndGet();
        return new Passage(request);
    }

    int inFlight() {
        return inFlight.get();
    }

    RecentRequests.View recent() {
        return recent.view();
    }

    /** Joules for each token that a revision wrote; null while nothing is known. */
    Double joulesPerToken(String digest) {
        return texts.joulesPerToken(digest);
    }

    private void count(Passage passage, Response response, long nanos) {
        Router.Route route = passage.route;
        String path = route == null ? "" : route.path();
        double seconds = nanos / 1e9;
        // A stream of events lasts as long as somebody watches, which says nothing about the server.
        if (!path.equals(LiveRoutes.PATH)) {
            recent.record(nanos);
            String method = route == null ? "_OTHER" : route.method();
            http.computeIfAbsent(new Http(method, path, response.status()), key -> new Histogram(HTTP_SECONDS))
                    .record(seconds);
        }
        Response.Account account = response.account();
        String operation = modelOperation(path);
        if (operation != null) {
            String error = error(response);
            String model = account.model() == null ? "" : account.model();
            Counted counted = models.computeIfAbsent(
                    new Model(operation, model, error),
                    key -> new Counted(new Histogram(MODEL_SECONDS), new Histogram(TOKENS)));
            counted.seconds().record(seconds);
            if (account.tokens() > 0) {
                counted.tokens().record(account.tokens());
            }
            texts.record(operation, account);
        }
        log(passage, path, response, nanos / 1e6);
    }

    /** Empty for none. What goes wrong within a stream has its code only: the status has been sent. */
    private static String error(Response response) {
        if (response.status() >= 400) {
            return Integer.toString(response.status());
        }
        String outcome = response.account().outcome();
        return outcome.equals(Response.Account.OK.outcome()) ? "" : outcome;
    }

    private static String modelOperation(String path) {
        return switch (path) {
            case "/v1/embeddings" -> "embeddings";
            case "/v1/search" -> "retrieval";
            case "/v1/answers" -> "answer";
            case "/v1/completions" -> "text_completion";
            case "/v1/chat/completions", "/v1/responses" -> "chat";
            default -> null;
        };
    }

    private void log(Passage passage, String path, Response response, double millis) {
        Response.Account account = response.account();
        boolean routine = response.status() < 400 && (path.startsWith("/health/") || path.equals(MetricsRoutes.PATH));
        if (routine ? !requests.isDebugEnabled() : !requests.isInfoEnabled()) {
            return;
        }
        String line = String.format(
                Locale.ROOT,
                "request=%s tenant=%s operation=%s route=\"%s %s\" status=%d outcome=%s millis=%.1f joules=%s",
                passage.request.id(),
                passage.caller == null ? "-" : passage.caller.tenant(),
                account.operation() == null ? "-" : account.operation(),
                passage.route == null ? "-" : passage.route.method(),
                path.isEmpty() ? "-" : path,
                response.status(),
                account.outcome(),
                millis,
                account.joules() == null ? "-" : String.format(Locale.ROOT, "%.3f", account.joules()));
        if (routine) {
            requests.debug(line);
        } else {
            requests.info(line);
        }
    }

    void write(MetricsText text) {
        String duration = "http_server_request_duration_seconds";
        text.metric(duration, "histogram", "Duration of HTTP requests (OpenTelemetry http.server.request.duration).");
        http.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(Http::route)
                        .thenComparing(Http::method)
                        .thenComparing(Http::status)))
                .forEach(entry -> entry.getValue()
                        .write(
                                text,
                                duration,
                                "http_request_method",
                                entry.getKey().method(),
                                "http_route",
                                entry.getKey().route(),
                                "http_response_status_code",
                                Integer.toString(entry.getKey().status())));
        text.metric("http_server_active_requests", "gauge", "Requests being served.");
        text.sample("http_server_active_requests", inFlight());
        String model = "gen_ai_server_request_duration_seconds";
        text.metric(model, "histogram", "Duration of model operations (OpenTelemetry gen_ai.server.request.duration).");
        sortedModels().forEach(entry -> entry.getValue().seconds().write(text, model, labels(entry.getKey(), true)));
        String tokens = "gen_ai_client_token_usage";
        text.metric(tokens, "histogram", "Tokens of an operation, by type (OpenTelemetry gen_ai.client.token.usage).");
        sortedModels()
                .filter(entry -> entry.getKey().operation().equals("embeddings")
                        && entry.getKey().error().isEmpty())
                .forEach(entry -> {
                    String[] labels = labels(entry.getKey(), false);
                    String[] more = Arrays.copyOf(labels, labels.length + 2);
                    more[labels.length] = "gen_ai_token_type";
                    more[labels.length + 1] = "input";
                    entry.getValue().tokens().write(text, tokens, more);
                });
        texts.writeTokens(text, tokens);
        texts.write(text);
    }

    private Stream<Map.Entry<Model, Counted>> sortedModels() {
        return models.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.comparing(Model::operation)
                        .thenComparing(Model::model)
                        .thenComparing(Model::error)));
    }

    private static String[] labels(Model model, boolean withError) {
        String[] labels = {
            "gen_ai_operation_name",
            model.operation(),
            "gen_ai_provider_name",
            "candor",
            "gen_ai_request_model",
            model.model(),
            "error_type",
            model.error()
        };
        return withError ? labels : Arrays.copyOf(labels, labels.length - 2);
    }
}
