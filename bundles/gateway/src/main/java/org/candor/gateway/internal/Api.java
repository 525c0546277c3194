package org.candor.gateway.internal;

import java.io.InputStream;
import java.util.Map;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request goes through: host and origin, route, key, body, handler. Each refusal happens before the next
 * step costs anything. Thread safe.
 */
final class Api {

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final int INTERNAL = 500;

    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy", "same-origin");

    private final Router router;
    private final SiteGuard guard;
    private final Authentication authentication;
    private final BodyReader bodies;
    private final Workers workers;
    private final CallerLimits callers;
    private final Traffic traffic;

    Api(
            Router router,
            SiteGuard guard,
            Authentication authentication,
            BodyReader bodies,
            Workers workers,
            CallerLimits callers,
            Traffic traffic) {
        this.router = router;
        this.guard = guard;
        this.authentication = authentication;
        this.bodies = bodies;
        this.workers = workers;
        this.callers = callers;
        this.traffic = traffic;
    }

    /**
     * Answers; never throws.
     *
     * @param rawPath undecoded, as the client sent it
     */
    Response answer(Request request, String rawPath, InputStream body) {
        Traffic.Passage passage = traffic.begin(request);
        Response response = answer(request, rawPath, body, passage);
        Response.Stream stream = response.stream();
        if (stream == null) {
            passage.ended(response);
            return dressed(request, response);
        }
        return dressed(request, response.streaming(out -> {
            try {
                stream.run(out);
            } finally {
                passage.ended(response);
            }
        }));
    }

    private Response answer(Request request, String rawPath, InputStream body, Traffic.Passage passage) {
        Response response;
        try {
            RawPath.check(rawPath);
            response = dispatch(request, body, passage);
        } catch (ApiError e) {
            response = refused(request, e);
        } catch (OperationException e) {
            response = refused(request, ApiError.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            response = refused(
                    request, new ApiError(503, "stopping", null, "The server is stopping.").header("Retry-After", "5"));
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            LOG.error("{} {} (request {}) failed", request.method(), printable(request.path()), request.id(), e);
            response = new ApiError(
                            INTERNAL,
                            "internal",
                            null,
                            "Something went wrong in the server; its log shows it under request " + request.id() + ".")
                    .response();
        }
        return response;
    }

    private Response dispatch(Request request, InputStream in, Traffic.Passage passage) throws Exception {
        guard.check(request);
        Router.Match match = router.match(request.method(), request.path());
        Router.Route route = match.route();
        passage.found(route);
        Caller caller = authentication.caller(request, route.access());
        passage.by(caller);
        try (CallerLimits.Place place = callers.enter(caller);
                BodyReader.Body body = bodies.read(request, in, route.mostBody())) {
            Request whole = request.withBody(body.bytes());
            return switch (route.on()) {
                case REQUEST_THREAD -> route.handler().handle(whole, caller, match.path());
                case WORKER -> workers.run(() -> route.handler().handle(whole, caller, match.path()));
            };
        }
    }

    private static Response refused(Request request, ApiError error) {
        LOG.debug(
                "{} {} (request {}): {} {}: {}",
                request.method(),
                printable(request.path()),
                request.id(),
                error.status(),
                error.code(),
                error.getMessage());
        if (error.status() == 503 && error.getCause() != null) {
            LOG.warn("Request {} was not served: {}", request.id(), error.getMessage());
        }
        return error.response();
    }

    private static Response dressed(Request request, Response response) {
        Response dressed = response;
        for (Map.Entry<String, String> header : HEADERS.entrySet()) {
            dressed = dressed.with(header.getKey(), header.getValue());
        }
        if (!response.headers().containsKey("Cache-Control")) {
            dressed = dressed.with("Cache-Control", "no-store");
        }
        return dressed.with("X-Request-Id", request.id());
    }

    /** A path from outside, fit for one line of a log. */
    private static String printable(String path) {
        String shortened = path.length() > 200 ? path.substring(0, 200) + "..." : path;
        return shortened.replaceAll("\\p{Cntrl}", "?");
    }
}
