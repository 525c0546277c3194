package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Models;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Operations {@code models.list} and {@code admin.models.*}. */
@Component
public final class ModelOperations implements Models {

    private static final int MOST_HISTORY = 50;

    private final GovernedPath path;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ModelRegistry registry;

    @Activate
    public ModelOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public Overview overview(Caller caller) {
        Operation operation =
                new Operation("models.list", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, Map.of());
        return path.run(operation, new Task<Overview>() {
                    @Override
                    public Overview perform(Permit permit, Meter meter) {
                        ModelRegistry models = registry();
                        List<ModelRevision> revisions = models.revisions();
                        return path.permits(inspect(caller))
                                ? new Overview(routes(models, revisions), revisions, models.store())
                                : new Overview(List.of(), named(revisions), null);
                    }

                    @Override
                    public void describe(Overview overview, Map<String, Object> members) {
                        members.put("models", ids(overview.revisions()));
                    }
                })
                .result();
    }

    private static Operation inspect(Caller caller) {
        return new Operation("admin.models.inspect", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, Map.of());
    }

    /** What everybody may know of revisions. */
    private static List<ModelRevision> named(List<ModelRevision> revisions) {
        return revisions.stream()
                .map(each -> new ModelRevision(
                        each.id(), each.family(), each.tasks(), each.state(), "", 0, Map.of(), each.base()))
                .toList();
    }

    /** Every name that a revision has or had is a route, whether it serves or not. */
    private static List<Route> routes(ModelRegistry models, List<ModelRevision> revisions) {
        Set<String> names = new TreeSet<>(models.routes());
        revisions.stream()
                .filter(revision -> !revision.id().digest().isEmpty())
                .forEach(revision -> names.add(revision.id().name()));
        List<Route> routes = new ArrayList<>();
        for (String name : names) {
            List<Activation> history = models.history(name).reversed();
            Activation active = history.isEmpty() ? null : history.getFirst();
            ModelId previous = history.stream()
                    .map(Activation::model)
                    .filter(model -> !model.equals(active.model()))
                    .findFirst()
                    .orElse(null);
            routes.add(new Route(
                    name,
                    task(name, active, revisions),
                    active,
                    previous,
                    models.waitsFor(name),
                    history.subList(0, Math.min(MOST_HISTORY, history.size()))));
        }
        return routes;
    }

    /** Of the revision that the route leads to; while it leads nowhere, of those that it could lead to, where they agree. */
    private static String task(String route, Activation active, List<ModelRevision> revisions) {
        Set<String> possible = new TreeSet<>();
        for (ModelRevision revision : revisions) {
            String tasks = String.join(", ", new TreeSet<>(revision.tasks()));
            if (active != null && revision.id().equals(active.model())) {
                return tasks;
            }
            if (revision.id().name().equals(route)) {
                possible.add(tasks);
            }
        }
        return possible.size() == 1 ? possible.iterator().next() : "";
    }

    private static List<Map<String, Object>> ids(List<ModelRevision> revisions) {
        return revisions.stream().map(revision -> Json.model(revision.id())).toList();
    }

    @Override
    public List<ModelRevision> list(Caller caller) {
        Operation operation =
                new Operation("models.list", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, Map.of());
        return path.run(operation, new Task<List<ModelRevision>>() {
                    @Override
                    public List<ModelRevision> perform(Permit permit, Meter meter) {
                        List<ModelRevision> revisions = registry().revisions();
                        return path.permits(inspect(caller)) ? revisions : named(revisions);
                    }

                    @Override
                    public void describe(List<ModelRevision> revisions, Map<String, Object> members) {
                        members.put("models", ids(revisions));
                    }
                })
                .result();
    }

    @Override
    public Checked install(Caller caller, ModelSource source, String reason) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("folder", Requests.name("folder", source.path().toString()));
        if (source.name() != null) {
            request.put("model", Requests.name("model", source.name()));
        }
        if (source.version() != null) {
            request.put("version", Requests.name("version", source.version()));
        }
        if (source.weights() != null) {
            request.put("weights", source.weights().name());
        }
        if (source.base() != null) {
            request.put("base", Requests.name("base", source.base()));
        }
        String why = Requests.neededReason(reason);
        request.put("reason", why);
        return checked(
                "admin.models.install", caller, request, "folder", models -> models.install(source, caller, why));
    }

    @Override
    public Checked verify(Caller caller, String name, String version, String reason) {
        Map<String, Object> request = new LinkedHashMap<>();
        String why = change(request, name, version, reason);
        return checked("admin.models.verify", caller, request, "version", models -> {
            installed(models, name, version);
            return models.verify(name, version, caller, why);
        });
    }

    private Checked checked(
            String operation,
            Caller caller,
            Map<String, Object> request,
            String parameter,
            Function<ModelRegistry, ModelRevision> change) {
        Governed<ModelRevision> done = change(operation, caller, request, parameter, change, revision -> {
            Map<String, Object> json = Json.model(revision.id());
            json.put("state", revision.state().name().toLowerCase(Locale.ROOT));
            json.put("reason", revision.reason());
            return json;
        });
        return new Checked(done.result(), done.evidence());
    }

    @Override
    public Change activate(Caller caller, String name, String version, String reason) {
        Map<String, Object> request = new LinkedHashMap<>();
        String why = change(request, name, version, reason);
        return activated("admin.models.activate", caller, request, models -> {
            installed(models, name, version);
            return models.activate(name, version, caller, why);
        });
    }

    @Override
    public Change rollBack(Caller caller, String route, String reason) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("model", Requests.name("model", route));
        String why = Requests.neededReason(reason);
        request.put("reason", why);
        return activated("admin.models.rollback", caller, request, models -> {
            List<Activation> history = models.history(route);
            if (history.isEmpty()) {
                throw notFound("No model was ever active as \"" + route + "\".");
            }
            if (history.stream().map(Activation::model).distinct().count() == 1) {
                throw new OperationException(
                        Kind.INVALID,
                        "nothing_to_roll_back",
                        "\"" + route + "\" never led to another revision than "
                                + history.getFirst().model() + ".",
                        "model",
                        null);
            }
            return models.rollBack(route, caller, why);
        });
    }

    private Change activated(
            String operation, Caller caller, Map<String, Object> request, Function<ModelRegistry, Activation> change) {
        Governed<Activation> done = change(operation, caller, request, "version", change, Json::activation);
        return new Change(done.result(), left(done.result()), done.evidence());
    }

    /** Adapters that serve on another revision of the route than the one it leads to now. */
    private List<ModelId> left(Activation now) {
        return registry().revisions().stream()
                .filter(each -> each.state() == ModelState.ACTIVE
                        && each.base() != null
                        && each.base().name().equals(now.route())
                        && !each.base().equals(now.model()))
                .map(ModelRevision::id)
                .toList();
    }

    @Override
    public Removed remove(Caller caller, String name, String version, String reason) {
        Map<String, Object> request = new LinkedHashMap<>();
        String why = change(request, name, version, reason);
        Governed<ModelId> done = change(
                "admin.models.remove",
                caller,
                request,
                "version",
                models -> {
                    installed(models, name, version);
                    return models.remove(name, version, caller, why);
                },
                Json::model);
        return new Removed(done.result(), done.evidence());
    }

    /** What serves, and what is meant: two persons mean the same only when they mean these. */
    private Map<String, Object> exactly(Map<String, Object> request) {
        ModelRegistry now = registry;
        if (now == null || request.containsKey("folder") || !(request.get("model") instanceof String name)) {
            return Map.of();
        }
        List<ModelId> history =
                now.history(name).reversed().stream().map(Activation::model).toList();
        ModelId active = history.isEmpty() ? null : history.getFirst();
        ModelId target = request.get("version") instanceof String version
                ? now.revisions().stream()
                        .map(ModelRevision::id)
                        .filter(id -> id.name().equals(name) && id.version().equals(version))
                        .findFirst()
                        .orElse(null)
                : history.stream()
                        .filter(model -> !model.equals(active))
                        .findFirst()
                        .orElse(null);
        Map<String, Object> exactly = new LinkedHashMap<>();
        exactly.put("active", active == null ? null : Json.model(active));
        exactly.put("target", target == null ? null : Json.model(target));
        return exactly;
    }

    private ModelRegistry registry() {
        ModelRegistry now = registry;
        if (now == null) {
            throw Services.missing("models", "model registry");
        }
        return now;
    }

    /** Puts what is asked into the request, and gives back the reason. */
    private static String change(Map<String, Object> request, String name, String version, String reason) {
        request.put("model", Requests.name("model", name));
        request.put("version", Requests.name("version", version));
        String why = Requests.neededReason(reason);
        request.put("reason", why);
        return why;
    }

    private static void installed(ModelRegistry models, String name, String version) {
        boolean installed = models.revisions().stream()
                .anyMatch(revision -> revision.id().name().equals(name)
                        && revision.id().version().equals(version));
        if (!installed) {
            throw notFound("Model \"" + name + "\" " + version + " is not installed.");
        }
    }

    private static OperationException notFound(String message) {
        return new OperationException(Kind.NOT_FOUND, "model_not_found", message, "model", null);
    }

    private <T> Governed<T> change(
            String name,
            Caller caller,
            Map<String, Object> request,
            String parameter,
            Function<ModelRegistry, T> change,
            Function<T, Map<String, Object>> outcome) {
        Operation operation = new Operation(name, caller, Answers.DEFAULT_PURPOSE, Operation.Effect.CHANGE, request);
        return path.run(operation, new Task<T>() {
            private Map<String, Object> committed = Map.of();

            @Override
            public Map<String, Object> exactly() {
                committed = ModelOperations.this.exactly(request);
                return committed;
            }

            @Override
            public T perform(Permit permit, Meter meter) {
                registry();
                if (!ModelOperations.this.exactly(request).equals(committed)) {
                    throw new OperationException(
                            Kind.INVALID,
                            "model_changed",
                            "Another revision took the route or was installed while this was asked, so nothing was "
                                    + "done. Look at the models and ask again.");
                }
                try {
                    return change.apply(registry());
                } catch (ModelRefusedException e) {
                    throw new OperationException(Kind.INVALID, "model_refused", e.getMessage(), parameter, e);
                }
            }

            @Override
            public void describe(T result, Map<String, Object> members) {
                members.put(result instanceof Activation ? "activation" : "revision", outcome.apply(result));
            }
        });
    }
}
