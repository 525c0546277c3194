package org.candor.governor.internal;

import org.candor.api.model.Activation;
import org.candor.api.model.ModelRegistry;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;

/** What a request's model may be. */
final class Routes {

    private Routes() {}

    /**
     * Refuses a route that is not there, and one whose model does something else: neither goes away by waiting.
     *
     * @param task that is needed, for example {@code embed}
     * @throws OperationException NOT_FOUND or INVALID
     */
    static void check(ModelRegistry registry, String route, String task) {
        if (!registry.routes().contains(route)) {
            throw new OperationException(
                    Kind.NOT_FOUND,
                    "model_not_found",
                    "No model \"" + route + "\" is served; these are: " + String.join(", ", registry.routes()) + ".",
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
