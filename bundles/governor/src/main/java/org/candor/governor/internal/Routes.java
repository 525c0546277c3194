package org.candor.governor.internal;

import java.util.List;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelRegistry;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;

/** What a request's model may be. */
final class Routes {

    private Routes() {}

    /**
     * Refuses a route that is not there, and one whose model does something else: neither goes away by waiting. One that is
     * there and does not serve yet is refused by the registry, when its model is leased.
     *
     * @param task that is needed, for example {@code embed}
     * @throws OperationException NOT_FOUND or INVALID
     */
    static void check(ModelRegistry registry, String route, String task) {
        List<String> routes = registry.routes();
        if (!routes.contains(route)) {
            boolean installed = registry.revisions().stream()
                    .anyMatch(revision -> revision.id().name().equals(route));
            throw new OperationException(
                    Kind.NOT_FOUND,
                    "model_not_found",
                    (installed
                                    ? "The model \"" + route + "\" is installed but not active"
                                    : "No model \"" + route + "\" is served")
                            + "; served are: " + String.join(", ", routes) + ".",
                    "model",
                    null);
        }
        Activation active = registry.active(route);
        if (active == null) {
            return;
        }
        registry.revisions().stream()
                .filter(revision -> revision.id().equals(active.model())
                        && !revision.tasks().contains(task))
                .findFirst()
                .ifPresent(revision -> {
                    throw new OperationException(
                            Kind.INVALID,
                            "wrong_task",
                            "The model \"" + route + "\" is for " + String.join(", ", revision.tasks()) + ", not for "
                                    + task + ".",
                            "model",
                            null);
                });
    }
}
