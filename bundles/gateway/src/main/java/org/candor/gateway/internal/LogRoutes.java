package org.candor.gateway.internal;

import org.candor.api.transparency.TransparencyLog;

/** The public log, as C2SP tlog-tiles says it is served. */
final class LogRoutes {

    private static final String BYTES = "application/octet-stream";
    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private LogRoutes() {}

    static void add(Router router, Backends backends) {
        router.add(
                "GET",
                "/v1/log/checkpoint",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) ->
                        Response.text(200, log(backends).checkpoint()).with("Cache-Control", "no-store"));
        router.add(
                "GET",
                "/v1/log/{resource...}",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> {
                    String resource = path.get("resource");
                    if (!resource.startsWith("tile/")) {
                        throw notFound();
                    }
                    byte[] bytes = log(backends).resource(resource).orElseThrow(LogRoutes::notFound);
                    return Response.bytes(200, BYTES, bytes).with("Cache-Control", FOR_EVER);
                });
    }

    private static TransparencyLog log(Backends backends) {
        return Backends.need(backends.log(), "transparency log");
    }

    private static ApiError notFound() {
        return new ApiError(404, "no_such_tile", null, "The log has no such tile or entry bundle.");
    }
}
