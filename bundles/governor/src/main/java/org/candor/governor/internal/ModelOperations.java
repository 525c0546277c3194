package org.candor.governor.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
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
    public List<ModelRevision> list(Caller caller) {
        Operation operation =
                new Operation("models.list", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, Map.of());
        return path.run(operation, new Task<List<ModelRevision>>() {
                    @Override
                    public List<ModelRevision> perform(Permit permit, Meter meter) {
                        return registry().revisions();
                    }

                    @Override
                    public void describe(List<ModelRevision> revisions, Map<String, Object> members) {
                        members.put(
                                "models",
                                revisions.stream()
                                        .map(revision -> Json.model(revision.id()))
                                        .toList());
                    }
                })
                .result();
    }

    @Override
    public Change activate(Caller caller, String name, String version, String reason) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("model", Requests.name("model", name));
        request.put("version", Requests.name("version", version));
        String why = Requests.neededReason(reason);
        request.put("reason", why);
        return change("admin.models.activate", caller, request, models -> {
            boolean installed = models.revisions().stream()
                    .anyMatch(revision -> revision.id().name().equals(name)
                            && revision.id().version().equals(version));
            if (!installed) {
                throw notFound("Model \"" + name + "\" " + version + " is not installed.");
            }
            return models.activate(name, version, caller.subject(), why);
        });
    }

    @Override
    public Change rollBack(Caller caller, String route, String reason) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("model", Requests.name("model", route));
        String why = Requests.neededReason(reason);
        request.put("reason", why);
        return change("admin.models.rollback", caller, request, models -> {
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
            return models.rollBack(route, caller.subject(), why);
        });
    }

    private ModelRegistry registry() {
        ModelRegistry now = registry;
        if (now == null) {
            throw Services.missing("models", "model registry");
        }
        return now;
    }

    private static OperationException notFound(String message) {
        return new OperationException(Kind.NOT_FOUND, "model_not_found", message, "model", null);
    }

    private Change change(
            String name, Caller caller, Map<String, Object> request, Function<ModelRegistry, Activation> change) {
        Operation operation = new Operation(name, caller, Answers.DEFAULT_PURPOSE, Operation.Effect.CHANGE, request);
        Governed<Activation> done = path.run(operation, new Task<Activation>() {
            @Override
            public Activation perform(Permit permit, Meter meter) {
                return change.apply(registry());
            }

            @Override
            public void describe(Activation activation, Map<String, Object> members) {
                members.put("activation", Json.activation(activation));
            }
        });
        return new Change(done.result(), done.evidence());
    }
}
