package org.candor.api.model;

import java.util.List;
import org.candor.api.generate.TextGenerator;
import org.candor.api.operation.Caller;

/**
 * Tracks model packs through their life and leads routes to revisions. Which revision is active is an explicit, durable
 * record, never a ranking. Thread safe.
 */
public interface ModelRegistry {

    /**
     * Leases the active text encoder of a route.
     *
     * @throws ModelUnavailableException when none is active
     * @throws ModelRefusedException when the route leads to a model with another task
     */
    ModelLease<TextEncoder> leaseEncoder(String route);

    /**
     * Leases the active text generator of a route.
     *
     * @throws ModelUnavailableException when none is active
     * @throws ModelRefusedException when the route leads to a model with another task
     */
    default ModelLease<TextGenerator> leaseGenerator(String route) {
        throw new ModelUnavailableException("the route \"" + route + "\" leads to no model that writes");
    }

    /**
     * Leases a certain revision, loading and testing it first where it is not.
     *
     * @param digest as in {@link ModelId#digest}
     * @throws ModelUnavailableException when no such revision is installed, it fails, or it is no encoder
     */
    ModelLease<TextEncoder> leaseEncoderByDigest(String digest);

    /** All revisions known, sorted by name and version. */
    List<ModelRevision> revisions();

    /** Routes with an active revision, and those that are to have one: their activation is on record, or their default installed. Sorted. */
    List<String> routes();

    /** The activation the route follows, or will when its revision is loaded; null where there was none. */
    Activation active(String route);

    /** Past activations of a route, oldest first, the present one included. */
    List<Activation> history(String route);

    /**
     * Loads and tests the revision, records the activation durably, then flips the route. Returns after the flip.
     * Requests that hold leases finish on theirs. A route keeps the task of its first model. An adapter holds its base,
     * which is loaded where it is not, as long as it is loaded itself; only a revision that was activated serves as base.
     *
     * @param actor who asks for it
     * @param reason why; not blank
     * @throws ModelUnavailableException when it is not installed, fails a check, or has another task than the revision that
     *     the route leads to; the old one keeps serving
     */
    Activation activate(String name, String version, Caller actor, String reason);

    /**
     * Activates the revision that was active before the present one.
     *
     * @throws ModelUnavailableException when there is none, or as for {@link #activate}
     */
    Activation rollBack(String route, Caller actor, String reason);

    /**
     * Takes a model in as a pack by reference: its files stay where they are and are checked each time they are loaded. It
     * is read and tested before this returns, and not activated.
     *
     * @param actor who asks for it
     * @param reason why; not blank
     * @throws ModelRefusedException when it is no such model or fails a check; nothing is kept then
     */
    ModelRevision install(ModelSource source, Caller actor, String reason);

    /**
     * Verifies, loads and tests a revision without activating it.
     *
     * @return what is known of it afterwards; {@link ModelState#FAILED} with the reason where a check failed
     * @throws ModelUnavailableException when it is not installed
     */
    ModelRevision verify(String name, String version, Caller actor, String reason);

    /**
     * Forgets a revision that no route leads to, with its files in the store. Leases that are out stay valid.
     *
     * @return its identity
     * @throws ModelRefusedException when a route leads to it, or an adapter that is installed needs it as its base
     * @throws ModelUnavailableException when it is not installed
     */
    ModelId remove(String name, String version, Caller actor, String reason);

    /** What fills the weight store. */
    StoreUsage store();

    /** Why requests on a route fail now, in one line; empty when it serves. */
    String waitsFor(String route);
}
