package org.candor.gateway.internal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Models;

/** Models as OpenAI clients list them, and which revision a route leads to. */
final class ModelRoutes {

    private final Backends backends;
    private final long started;

    private ModelRoutes(Backends backends, long started) {
        this.backends = backends;
        this.started = started;
    }

    /** @param started seconds since 1970, shown as {@code created} */
    static void add(Router router, Backends backends, Limits limits, long started) {
        ModelRoutes routes = new ModelRoutes(backends, started);
        router.add(
                "GET",
                "/v1/models",
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> routes.list(caller));
        router.add(
                "GET",
                "/v1/models/{id}",
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> routes.one(caller, path.get("id")));
        router.add(
                "GET",
                "/admin/models",
                Router.Access.ADMIN,
                Router.On.WORKER,
                (request, caller, path) -> routes.overview(caller));
        Map<String, Router.Handler> changes = Map.of(
                "install", (request, caller, path) -> routes.install(request, caller),
                "verify", (request, caller, path) -> routes.verify(request, caller),
                "activate", (request, caller, path) -> routes.activate(request, caller),
                "rollback", (request, caller, path) -> routes.rollBack(request, caller),
                "remove", (request, caller, path) -> routes.remove(request, caller));
        changes.forEach((name, handler) -> router.add(
                "POST", "/admin/models/" + name, Router.Access.ADMIN, Router.On.WORKER, limits.json(), handler));
    }

    private Models models() {
        return Backends.need(backends.models(), "model service");
    }

    private Response list(Caller caller) {
        List<ModelRevision> revisions = models().list(caller);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", served(revisions));
        json.put("revisions", revisions.stream().map(Views::revision).toList());
        return Response.json(200, json);
    }

    private Response one(Caller caller, String id) {
        for (Map<String, Object> model : served(models().list(caller))) {
            if (model.get("id").equals(id)) {
                return Response.json(200, model);
            }
        }
        throw new ApiError(
                404, "model_not_found", "model", "No model \"" + id + "\" is served; GET /v1/models lists them.");
    }

    private List<Map<String, Object>> served(List<ModelRevision> revisions) {
        List<Map<String, Object>> served = new ArrayList<>();
        for (ModelRevision revision : revisions) {
            if (revision.state() != ModelState.ACTIVE) {
                continue;
            }
            Map<String, Object> candor = new LinkedHashMap<>();
            candor.put("version", revision.id().version());
            candor.put("digest", revision.id().digest());
            candor.put("state", revision.state().name().toLowerCase(Locale.ROOT));
            candor.put("tasks", new TreeSet<>(revision.tasks()));
            if (revision.base() != null) {
                candor.put("base", Views.model(revision.base()));
            }
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("id", revision.id().name());
            json.put("object", "model");
            json.put("created", started);
            json.put("owned_by", "candor");
            json.put("root", revision.id().name());
            json.put("parent", revision.base() == null ? null : revision.base().name());
            json.put("candor", candor);
            served.add(json);
        }
        return served;
    }

    private Response overview(Caller caller) {
        return Response.json(200, ModelViews.overview(models().overview(caller)));
    }

    private Response install(Request request, Caller caller) {
        Members body = Bodies.json(request, "folder", "name", "version", "weights", "base", "reason");
        ModelSource source = new ModelSource(
                path(body), body.string("name"), body.string("version"), weights(body), body.string("base"));
        return checked(models().install(caller, source, body.neededString("reason")));
    }

    private static WeightType weights(Members body) {
        String wanted = body.string("weights");
        try {
            return wanted == null ? null : WeightType.named(wanted);
        } catch (IllegalArgumentException e) {
            throw body.wrong("weights", "f32, bf16, f16, i8, q8, q4 or stored");
        }
    }

    private static Path path(Members body) {
        try {
            return Path.of(body.neededString("folder"));
        } catch (InvalidPathException e) {
            throw body.wrong("folder", "a path on the server");
        }
    }

    private Response verify(Request request, Caller caller) {
        Members body = Bodies.json(request, "model", "version", "reason");
        return checked(models().verify(
                        caller, body.neededString("model"), body.neededString("version"), body.neededString("reason")));
    }

    private static Response checked(Models.Checked checked) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("revision", ModelViews.revision(checked.revision()));
        json.put("evidence", Views.evidence(checked.evidence()));
        return Response.json(200, json);
    }

    private Response remove(Request request, Caller caller) {
        Members body = Bodies.json(request, "model", "version", "reason");
        Models.Removed removed = models().remove(
                        caller, body.neededString("model"), body.neededString("version"), body.neededString("reason"));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("removed", Views.model(removed.model()));
        json.put("evidence", Views.evidence(removed.evidence()));
        return Response.json(200, json);
    }

    private Response activate(Request request, Caller caller) {
        Members body = Bodies.json(request, "model", "version", "reason");
        return changed(models().activate(
                        caller, body.neededString("model"), body.neededString("version"), body.neededString("reason")));
    }

    private Response rollBack(Request request, Caller caller) {
        Members body = Bodies.json(request, "model", "reason");
        return changed(models().rollBack(caller, body.neededString("model"), body.neededString("reason")));
    }

    private static Response changed(Models.Change change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("activation", Views.activation(change.activation()));
        json.put("adapters", change.adapters().stream().map(Views::model).toList());
        json.put("evidence", Views.evidence(change.evidence()));
        return Response.json(200, json).accounted(change.evidence());
    }
}
