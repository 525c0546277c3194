package org.candor.governor.internal;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;

/** What a request's model may be. */
final class Routes {

    private Routes() {}

    /** States of a revision that a server which has just started may be about to serve; it can also be left in the first. */
    private static final Set<ModelState> ON_ITS_WAY =
            EnumSet.of(ModelState.INSTALLED, ModelState.VERIFIED, ModelState.LOADED);

    /**
     * Refuses a route that is not there, and one whose model does something else: neither goes away by waiting, unless the
     * model is being loaded, which looks like one that was never activated.
     *
     * @param task that is needed, for example {@code embed}
     * @throws OperationException NOT_FOUND, INVALID or UNAVAILABLE
     */
    static void check(ModelRegistry registry, String route, String task) {
        if (!registry.routes().contains(route)) {
            Optional<ModelRevision> coming = registry.revisions().stream()
                    .filter(revision -> revision.id().name().equals(route) && ON_ITS_WAY.contains(revision.state()))
                    .findFirst();
            if (coming.isPresent()) {
                String waitsFor = coming.get().reason();
                throw new OperationException(
                        Kind.UNAVAILABLE,
                        "model-unavailable",
                        "The model \"" + route + "\" "
                                + (waitsFor.isEmpty()
                                        ? "is installed and does not serve: it is still being loaded, or nobody has"
                                                + " activated it."
                                        : "waits for its base: " + waitsFor + "."),
                        "model",
                        null);
            }
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
