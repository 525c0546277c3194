package org.candor.gateway.internal;

import java.io.IOException;
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

    /** A response, and the place that its caller holds until it is written. */
    record Served(Response response, CallerLimits.Place place) implements AutoCloseable {
        @Override
        public void close() {
            place.close();
        }
    }

    /**
     * Answers; never throws.
     *
     * @param rawPath undecoded, as the client sent it
     */
    Served answer(Request request, String rawPath, InputStream body) {
        Traffic.Passage passage = traffic.begin(request);
        Served served = answer(request, rawPath, body, passage);
        Response response = served.response();
        if (response.stream() == null) {
            passage.ended(response);
        } else {
            response = response.streaming(accounted(response, passage));
        }
        return new Served(dressed(request, response), served.place());
    }

    /** A stream that is accounted for when it ends, as it ends. */
    private static Response.Stream accounted(Response response, Traffic.Passage passage) {
        return out -> {
            String otherwise = "internal";
            Response.Account account = null;
            try {
                account = response.stream().run(out);
                return account;
            } catch (IOException e) {
                otherwise = "client_gone";
                throw e;
            } catch (InterruptedException e) {
                otherwise = "stopping";
                throw e;
            } finally {
                passage.ended(
                        response.accounted(account == null ? response.account().ended(otherwise) : account));
            }
        };
    }

    private Served answer(Request request, String rawPath, InputStream body, Traffic.Passage passage) {
        Response response;
        try {
            RawPath.check(rawPath);
            return dispatch(request, body, passage);
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
        return new Served(response, CallerLimits.NONE);
    }

    private Served dispatch(Request request, InputStream in, Traffic.Passage passage) throws Exception {
        guard.check(request);
        Router.Match match = router.match(request.method(), request.path());
        Router.Route route = match.route();
        passage.found(route);
        Caller caller = authentication.caller(request, route.access());
        passage.by(caller);
        CallerLimits.Place place = callers.enter(caller);
        boolean kept = false;
        try (BodyReader.Body body = bodies.read(request, in, route.mostBody())) {
            Request whole = request.withBody(body.bytes());
            Response response =
                    switch (route.on()) {
                        case REQUEST_THREAD -> route.handler().handle(whole, caller, match.path());
                        case WORKER -> workers.run(() -> route.handler().handle(whole, caller, match.path()));
                    };
            // Who watches the running system holds a place among the streams, and none among the requests.
            kept = !route.path().equals(LiveRoutes.PATH);
            return new Served(response, kept ? place : CallerLimits.NONE);
        } finally {
            if (!kept) {
                place.close();
            }
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
    static String printable(String path) {
        String shortened = path.length() > 200 ? path.substring(0, 200) + "..." : path;
        return shortened.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
