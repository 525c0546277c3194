package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.candor.api.generate.GeneratorStatus;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelUnavailableException;

/** What the models that write do now, as JSON values. */
final class GeneratorViews {

    private static final double NANOS_PER_SECOND = 1e9;

    private GeneratorViews() {}

    /** One object for each route that leads to a model that writes. */
    static List<Map<String, Object>> of(ModelRegistry models) {
        List<ModelRevision> revisions = models.revisions();
        List<Map<String, Object>> list = new ArrayList<>();
        for (String route : models.routes()) {
            if (writes(revisions, models.active(route))) {
                view(models, route).ifPresent(list::add);
            }
        }
        return list;
    }

    private static boolean writes(List<ModelRevision> revisions, Activation activation) {
        return activation != null
                && revisions.stream()
                        .anyMatch(revision -> revision.id().equals(activation.model())
                                && revision.tasks().contains("generate"));
    }

    /** Holds a lease as long as it takes to look. A model that is being loaded or shutting down is left out. */
    private static Optional<Map<String, Object>> view(ModelRegistry models, String route) {
        try (ModelLease<TextGenerator> lease = models.leaseGenerator(route)) {
            return Optional.of(view(route, lease));
        } catch (ModelUnavailableException e) {
            return Optional.empty();
        }
    }

    private static Map<String, Object> view(String route, ModelLease<TextGenerator> lease) {
        TextGenerator model = lease.model();
        GeneratorStatus status = model.status();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", route);
        json.put("version", lease.id().version());
        json.put("digest", lease.id().digest());
        json.put("base", lease.base() == null ? null : Json.model(lease.base()));
        json.put("tokenizer", model.tokenizer() != null);
        json.put("chat", model.chatTemplate() != null);
        json.put("maxTokens", model.maxTokens());
        json.put("running", status.running());
        json.put("waiting", status.waiting());
        json.put("blocks", status.blocks());
        json.put("freeBlocks", status.freeBlocks());
        json.put("keptBlocks", status.keptBlocks());
        json.put("promptTokens", status.promptTokens());
        json.put("cachedTokens", status.cachedTokens());
        json.put("completionTokens", status.completionTokens());
        json.put("passes", status.passes());
        json.put("preemptions", status.preemptions());
        json.put("busySeconds", status.busyNanos() / NANOS_PER_SECOND);
        return json;
    }
}
