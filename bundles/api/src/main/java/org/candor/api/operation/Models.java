package org.candor.api.operation;

import java.util.List;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.StoreUsage;

/** Operations {@code models.list} and {@code admin.models.*}. Every method throws {@link OperationException}. Thread safe. */
public interface Models {

    /**
     * @param activation that is in force now
     * @param adapters that serve and go on with another revision of this route's model, which stays loaded for them
     * @param evidence its log entry is durable
     */
    record Change(Activation activation, List<ModelId> adapters, Evidence evidence) {
        public Change {
            adapters = List.copyOf(adapters);
        }

        /** No adapter is left on another revision. */
        public Change(Activation activation, Evidence evidence) {
            this(activation, List.of(), evidence);
        }
    }

    /**
     * @param revision as it is now
     * @param evidence its log entry is durable
     */
    record Checked(ModelRevision revision, Evidence evidence) {}

    /**
     * @param model that was removed
     * @param evidence its log entry is durable
     */
    record Removed(ModelId model, Evidence evidence) {}

    /**
     * A route and what it leads to.
     *
     * @param name for example {@code encoder-en}
     * @param task of its models, {@code embed} or {@code generate}; empty while that is open
     * @param active the activation it follows, or null where nothing was ever activated
     * @param previous what a roll-back would activate, or null
     * @param waitsFor why it does not serve, in one line; empty when it does
     * @param history activations, newest first, at most 50
     */
    record Route(
            String name, String task, Activation active, ModelId previous, String waitsFor, List<Activation> history) {
        public Route {
            history = List.copyOf(history);
        }
    }

    /**
     * Everything there is to see.
     *
     * @param routes sorted by name
     * @param revisions sorted by name and version
     * @param store what fills the weight store, or null for who does not run the server
     */
    record Overview(List<Route> routes, List<ModelRevision> revisions, StoreUsage store) {
        public Overview {
            routes = List.copyOf(routes);
            revisions = List.copyOf(revisions);
        }
    }

    /**
     * Operation {@code models.list}. Why a revision failed, who did what to it, and what its files are, is for who has the permit
     * of {@code admin.models.inspect} too; others see names, versions, digests, tasks and states.
     */
    List<ModelRevision> list(Caller caller);

    /** The same with what {@code admin.models.inspect} shows of routes and store: for others, no routes and no store. */
    Overview overview(Caller caller);

    /**
     * Operation {@code admin.models.install}: a model or adapter on the server's disk becomes a pack by reference. It is tested and not
     * activated. INVALID with code {@code model_refused} when it fails a check; nothing is kept then.
     */
    Checked install(Caller caller, ModelSource source, String reason);

    /**
     * Operation {@code admin.models.verify}: verifies, loads and tests a revision without activating it. One that fails is
     * a result, not an exception.
     */
    Checked verify(Caller caller, String name, String version, String reason);

    /**
     * Operation {@code admin.models.activate}. Returns when the route leads to the revision. INVALID with code {@code
     * model_refused} when a check fails; the old one goes on serving.
     */
    Change activate(Caller caller, String name, String version, String reason);

    /** Operation {@code admin.models.rollback}: activates the revision before. */
    Change rollBack(Caller caller, String route, String reason);

    /**
     * Operation {@code admin.models.remove}: the revision, its packs and its files in the store go. INVALID with code {@code
     * model_refused} while a route leads to it or an adapter that is installed needs it.
     */
    Removed remove(Caller caller, String name, String version, String reason);
}
