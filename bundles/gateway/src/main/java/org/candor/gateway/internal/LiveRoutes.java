package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.operation.Caller;

/** The running system, told as it changes. */
final class LiveRoutes {

    static final String PATH = "/admin/events";

    private static final int EVERY_MILLIS = 1_000;
    private static final int COMMENT_EVERY = 15;

    private LiveRoutes() {}

    static void add(Router router, LiveStatus status, Streams streams, Authentication authentication) {
        router.add(
                "GET",
                PATH,
                Router.Access.KEY,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> watch(request, caller, status, streams, authentication));
    }

    private static Map<String, Object> of(Caller caller, boolean inspected, Map<String, Object> status) {
        Map<String, Object> own = new LinkedHashMap<>(status);
        SystemRoutes.hideFiles(caller, own);
        if (!inspected && own.get("checks") instanceof List<?> checks) {
            own.put("checks", checks.stream().map(LiveRoutes::bare).toList());
        }
        return own;
    }

    private static Map<?, ?> bare(Object check) {
        Map<?, ?> bare = new LinkedHashMap<>((Map<?, ?>) check);
        bare.keySet().retainAll(List.of("name", "ready"));
        return bare;
    }

    /** Until the client goes, may no longer watch, or the server stops. */
    private static Response watch(
            Request request, Caller caller, LiveStatus status, Streams streams, Authentication authentication) {
        if (request.method().equals("HEAD")) {
            throw new ApiError(405, "method_not_allowed", null, PATH + " takes GET.").header("Allow", "GET");
        }
        boolean inspected = status.mayInspect(caller);
        Streams.Place place = streams.open(caller);
        return Response.events(out -> {
                    try (place) {
                        for (int second = 0; authentication.stillIn(request, caller); second++) {
                            if (second % COMMENT_EVERY == 0) {
                                out.comment("candor");
                            }
                            out.event("status", of(caller, inspected, status.now()));
                            if (!streams.pause(EVERY_MILLIS)) {
                                break;
                            }
                        }
                        return Response.Account.OK;
                    }
                })
                .with("X-Accel-Buffering", "no");
    }
}
