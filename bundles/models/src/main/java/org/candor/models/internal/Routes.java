package org.candor.models.internal;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;

/** What routes lead to, and the record of what they led to. Reading never waits; {@link Revisions} guards the changes. */
final class Routes implements AutoCloseable {

    private final ActivationLog log;
    private final Supplier<List<ModelRevision>> revisions;
    private volatile Map<String, Revision> routes = Map.of();

    /** @param revisions describes those that there are */
    Routes(ActivationLog log, Supplier<List<ModelRevision>> revisions) {
        this.log = log;
        this.revisions = revisions;
    }

    /** The revision that serves the route, or null. */
    Revision get(String route) {
        return routes.get(route);
    }

    boolean leadTo(Revision revision) {
        return routes.containsValue(revision);
    }

    /** In one write. */
    void flip(String route, Revision revision) {
        Map<String, Revision> next = new HashMap<>(routes);
        next.put(route, revision);
        routes = Map.copyOf(next);
    }

    /** Makes an activation durable. */
    void record(Activation activation) throws IOException {
        log.append(activation);
    }

    List<String> names() {
        return routes.keySet().stream().sorted().toList();
    }

    /** Lead nowhere any more. */
    void clear() {
        routes = Map.of();
    }

    @Override
    public void close() throws IOException {
        log.close();
    }

    Activation active(String route) {
        List<Activation> history = history(route);
        return history.isEmpty() ? null : history.getLast();
    }

    List<Activation> history(String route) {
        return log.entries().stream().filter(a -> a.route().equals(route)).toList();
    }

    /** The latest activation of each route that has one. */
    Map<String, Activation> recorded() {
        Map<String, Activation> latest = new TreeMap<>();
        log.entries().forEach(a -> latest.put(a.route(), a));
        return latest;
    }

    /**
     * Leases what a route leads to.
     *
     * @param kind what the models of one task are
     * @throws ModelUnavailableException when it leads nowhere
     * @throws ModelRefusedException when it leads to a model with another task
     */
    <T> ModelLease<T> lease(String route, Class<T> kind) {
        while (true) {
            Revision revision = routes.get(route);
            if (revision == null) {
                throw new ModelUnavailableException(waitsFor(route));
            }
            requireTask(revision, kind, "the route \"" + route + "\" leads to");
            ModelLease<T> lease = revision.lease(kind);
            if (lease != null) {
                return lease;
            }
            // Retired and closed between the two reads: the route leads elsewhere now.
            if (routes.get(route) == revision) {
                throw new ModelUnavailableException("model \"" + route + "\" is shutting down");
            }
        }
    }

    /** Refuses a revision whose task is another than the one whose models are of this kind. */
    static void requireTask(Revision revision, Class<?> kind, String what) {
        Task wanted = Task.of(kind);
        if (revision.task() != wanted) {
            throw new ModelRefusedException(
                    what + " " + revision.id() + ", whose task is " + revision.task() + " and not " + wanted);
        }
    }

    /** Why a route does not serve; empty when it does. */
    String waitsFor(String route) {
        if (routes.containsKey(route)) {
            return "";
        }
        List<ModelRevision> known = revisions.get().stream()
                .filter(r -> r.id().name().equals(route))
                .toList();
        Activation recorded = active(route);
        StringBuilder why = new StringBuilder("model \"" + route + "\" ");
        if (recorded != null && known.stream().noneMatch(r -> r.id().equals(recorded.model()))) {
            why.append("does not serve now: ")
                    .append(recorded.model())
                    .append(", which was activated last, is not installed;");
        } else if (known.isEmpty()) {
            return "no model \"" + route + "\" is installed";
        } else {
            why.append(recorded == null ? "is not active:" : "does not serve now:");
        }
        for (ModelRevision revision : known) {
            boolean last = recorded != null && revision.id().equals(recorded.model());
            why.append(' ').append(revision.id().version()).append(last ? ", which was activated last, is " : " is ");
            why.append(
                    revision.state() == ModelState.FAILED
                            ? "refused"
                            : revision.state().name().toLowerCase(Locale.ROOT));
            why.append(revision.reason().isEmpty() ? ";" : " (" + revision.reason() + ");");
        }
        return why.substring(0, why.length() - 1);
    }
}
