package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health, status, and the admin password. */
final class SystemRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(SystemRoutes.class);
    private static final int LEAST_PASSWORD = 12;
    private static final int MOST_PASSWORD = 256;

    private final Backends backends;
    private final AccessStore store;
    private final String version;

    private SystemRoutes(Backends backends, AccessStore store, String version) {
        this.backends = backends;
        this.store = store;
        this.version = version;
    }

    static void add(Router router, Backends backends, Limits limits, AccessStore store, String version) {
        SystemRoutes routes = new SystemRoutes(backends, store, version);
        router.add(
                "GET",
                "/health/live",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> Response.json(200, Map.of("live", true)));
        router.add(
                "GET",
                "/health/ready",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> routes.ready());
        router.add(
                "GET", "/v1/status", Router.Access.KEY, Router.On.WORKER, (request, caller, path) -> routes.status());
        router.add(
                "POST",
                "/admin/password",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.password(request, caller));
    }

    private List<Platform.Check> checks() {
        List<Platform.Check> checks = new ArrayList<>();
        checks.add(new Platform.Check("http", true, "answers"));
        Platform platform = backends.platform();
        if (platform == null) {
            checks.add(new Platform.Check("governor", false, "the governor is not running"));
        } else {
            checks.addAll(platform.checks());
        }
        return checks;
    }

    private static boolean ready(List<Platform.Check> checks) {
        return checks.stream().allMatch(Platform.Check::ready);
    }

    private Response ready() {
        List<Platform.Check> checks = checks();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ready", ready(checks));
        json.put("checks", Views.checks(checks));
        return Response.json(ready(checks) ? 200 : 503, json);
    }

    private Response status() {
        List<Platform.Check> checks = checks();
        Platform platform = backends.platform();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ready", ready(checks));
        json.put("version", version);
        if (platform != null) {
            json.putAll(platform.status());
        }
        json.put("checks", Views.checks(checks));
        return Response.json(200, json);
    }

    private Response password(Request request, Caller caller) {
        String password = Bodies.json(request, "password").neededString("password");
        int length = password.codePointCount(0, password.length());
        if (length < LEAST_PASSWORD || length > MOST_PASSWORD) {
            throw ApiError.invalid(
                    "invalid_value",
                    "password",
                    "A password has " + LEAST_PASSWORD + " to " + MOST_PASSWORD + " characters; this one has " + length
                            + ".");
        }
        Backends.need(backends.access(), "governor")
                .changePassword(caller, "admin", () -> store.setAdminPassword(password));
        LOG.info("The admin password was changed by {} (request {}).", caller.subject(), request.id());
        return Response.empty(204);
    }
}
