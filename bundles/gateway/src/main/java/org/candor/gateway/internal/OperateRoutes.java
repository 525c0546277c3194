package org.candor.gateway.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.energy.EnergyStatus;
import org.candor.api.energy.EnergyWindow;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Commands;
import org.candor.api.operation.Energy;
import org.candor.api.operation.Platform;

/** What keeps the server running: energy, health of the components, backups, and the shell's commands. */
final class OperateRoutes {

    private static final int MINUTES = 60;

    private final Backends backends;

    private OperateRoutes(Backends backends) {
        this.backends = backends;
    }

    static void add(Router router, Backends backends, Limits limits) {
        OperateRoutes routes = new OperateRoutes(backends);
        router.add(
                "GET",
                "/admin/energy",
                Router.Access.ADMIN,
                Router.On.WORKER,
                (request, caller, path) -> routes.energy(request, caller));
        router.add(
                "GET",
                "/admin/health",
                Router.Access.ADMIN,
                Router.On.WORKER,
                (request, caller, path) -> routes.health(caller));
        router.add(
                "POST",
                "/admin/backup",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.backUp(request, caller));
        router.add(
                "POST",
                "/admin/restore",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.restore(request, caller));
        router.add(
                "POST",
                "/admin/shell",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.shell(request, caller));
    }

    private Response energy(Request request, Caller caller) {
        Map<String, String> parameters = request.parameters();
        for (String name : parameters.keySet()) {
            if (!name.equals("minutes")) {
                throw ApiError.invalid("unknown_parameter", name, "GET /admin/energy takes minutes, nothing else.");
            }
        }
        Energy.History history =
                Backends.need(backends.energy(), "energy service").history(caller, minutes(parameters.get("minutes")));
        EnergyStatus status = history.status();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("method", status.method());
        json.put("meter", status.meter());
        json.put("window", history.window().toString());
        json.put("data", history.windows().stream().map(OperateRoutes::window).toList());
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("joules", status.totalJoules());
        totals.put("idleJoules", status.idleJoules());
        totals.put("operations", new TreeMap<>(status.joulesByOperation()));
        json.put("totals", totals);
        return Response.json(200, json);
    }

    private static int minutes(String text) {
        if (text == null) {
            return MINUTES;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw ApiError.invalid(
                    "invalid_value", "minutes", "minutes must be a number from 1 to " + Energy.MOST_MINUTES + ".");
        }
    }

    private static Map<String, Object> window(EnergyWindow window) {
        Map<String, Object> operations = new TreeMap<>();
        window.operations().forEach((name, sum) -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("joules", sum.joules());
            json.put("count", sum.count());
            operations.put(name, json);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", window.start().toString());
        json.put("joules", window.joules());
        json.put("idleJoules", window.idleJoules());
        json.put("operations", operations);
        return json;
    }

    private Response health(Caller caller) {
        Platform platform = Backends.need(backends.platform(), "governor");
        Platform.Components components = platform.components(caller);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "bundles",
                components.bundles().stream().map(OperateRoutes::bundle).toList());
        json.put(
                "components",
                components.components().stream().map(OperateRoutes::component).toList());
        json.put("checks", Views.checks(platform.checks(), true));
        return Response.json(200, json);
    }

    private static Map<String, Object> bundle(Platform.BundleState bundle) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", bundle.name());
        json.put("version", bundle.version());
        json.put("state", bundle.state());
        json.put("waitsFor", bundle.waitsFor());
        json.put("since", bundle.since() == null ? null : bundle.since().toString());
        return json;
    }

    private static Map<String, Object> component(Platform.ComponentState component) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", component.name());
        json.put("bundle", component.bundle());
        json.put("state", component.state());
        json.put("waitsFor", component.waitsFor());
        json.put("without", component.without());
        json.put("configurationPid", component.configurationPid());
        return json;
    }

    private Response backUp(Request request, Caller caller) {
        Path to = path("to", Bodies.json(request, "to").neededString("to"));
        Backups.Backup backup =
                Backends.need(backends.backups(), "backup service").backUp(caller, to);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", backup.file().toString());
        json.put("bytes", backup.bytes());
        json.put("digest", backup.digest());
        json.put("files", backup.files());
        json.put("logSize", backup.logSize());
        json.put("evidence", Views.evidence(backup.evidence()));
        return Response.json(201, json);
    }

    private Response restore(Request request, Caller caller) {
        Path from = path("file", Bodies.json(request, "file").neededString("file"));
        Backups.Staged staged =
                Backends.need(backends.backups(), "backup service").stageRestore(caller, from);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("created", staged.created().toString());
        json.put("version", staged.version());
        json.put("logSize", staged.logSize());
        json.put("parts", List.copyOf(staged.parts()));
        json.put("evidence", Views.evidence(staged.evidence()));
        return Response.json(202, json);
    }

    private static Path path(String member, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw ApiError.invalid("invalid_value", member, "Member \"" + member + "\" is no path.");
        }
    }

    private Response shell(Request request, Caller caller) {
        String line = Bodies.json(request, "command").neededString("command");
        Commands.Result result = Backends.need(backends.commands(), "shell").run(caller, line);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("exit", result.exit());
        json.put("out", result.out());
        json.put("err", result.err());
        return Response.json(200, json);
    }
}
