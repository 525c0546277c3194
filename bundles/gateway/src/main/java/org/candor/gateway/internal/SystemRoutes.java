package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health, status, and passwords that an administrator sets. */
final class SystemRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(SystemRoutes.class);

    private final Backends backends;
    private final String version;

    private SystemRoutes(Backends backends, String version) {
        this.backends = backends;
        this.version = version;
    }

    static void add(Router router, Backends backends, Limits limits, String version) {
        SystemRoutes routes = new SystemRoutes(backends, version);
        router.add(
                "GET",
                "/health/live",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> Response.json(200, Map.of("live", true)));
        router.add(
                "GET",
                "/health/ready",
                Router.Access.WELCOME,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> routes.ready(caller));
        router.add(
                "GET",
                "/v1/status",
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> routes.status(caller));
        router.add(
                "POST",
                "/admin/password",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.password(request, caller));
    }

    /** What has to be there, and whether it is. */
    static List<Platform.Check> checks(Platform platform) {
        List<Platform.Check> checks = new ArrayList<>();
        checks.add(new Platform.Check("http", true, "answers"));
        if (platform == null) {
            checks.add(new Platform.Check("governor", false, "the governor is not running"));
        } else {
            checks.addAll(platform.checks());
        }
        return checks;
    }

    static boolean ready(List<Platform.Check> checks) {
        return checks.stream().allMatch(Platform.Check::ready);
    }

    /** The library's folder and the names of files in it are for those who run the server. */
    static void hideFiles(Caller caller, Map<String, Object> status) {
        if (!caller.ofOperator()) {
            status.replace("library", null);
        }
    }

    /** Whether a caller may see what the checks say; null for anybody. */
    static boolean mayInspect(Platform platform, Caller caller) {
        return platform != null && platform.mayInspect(caller);
    }

    private Response ready(Caller caller) {
        List<Platform.Check> checks = checks(backends.platform());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ready", ready(checks));
        json.put("checks", Views.checks(checks, mayInspect(backends.platform(), caller)));
        return Response.json(ready(checks) ? 200 : 503, json);
    }

    private Response status(Caller caller) {
        Platform platform = backends.platform();
        List<Platform.Check> checks = checks(platform);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ready", ready(checks));
        json.put("version", version);
        if (platform != null) {
            json.putAll(platform.status());
        }
        hideFiles(caller, json);
        json.put("checks", Views.checks(checks, mayInspect(platform, caller)));
        return Response.json(200, json);
    }

    private Response password(Request request, Caller caller) {
        Members body = Bodies.json(request, "user", "password");
        String user = body.has("user") ? body.string("user") : AccessStore.ADMIN;
        Backends.need(backends.access(), "governor").setPassword(caller, user, body.neededString("password"));
        LOG.info("The password of {} was set by {} (request {}).", user, caller.subject(), request.id());
        return Response.empty(204);
    }
}
