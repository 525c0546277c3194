package org.candor.api.operation;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the platform says about itself. Nothing here is an operation on anybody's data, so none writes a log entry. Thread safe. */
public interface Platform {

    /**
     * One thing an answer needs.
     *
     * @param name for example {@code models}
     * @param ready whether it is there
     * @param attention whether somebody should look at it: it is not ready, or something of it is refused
     * @param detail what is there, or what it waits for, in one line
     */
    record Check(String name, boolean ready, boolean attention, String detail) {

        /** One that needs attention until it is ready. */
        public Check(String name, boolean ready, String detail) {
            this(name, ready, !ready, detail);
        }
    }

    /**
     * @param name symbolic name
     * @param version of the bundle
     * @param state active, resolved, installed, starting or stopping
     * @param waitsFor packages and capabilities that nobody offers it, each in one line; empty when it could run
     * @param since when it came into that state, or null when it has been in it since before anybody looked
     */
    record BundleState(String name, String version, String state, List<String> waitsFor, Instant since) {}

    /**
     * A declarative services component.
     *
     * @param name of the component
     * @param bundle symbolic name
     * @param state active, satisfied, unsatisfied, failed or disabled
     * @param waitsFor services and configuration that are missing, why its activation failed, or why its newest configuration
     *     does not count while an older one does, each in one line:
     *     {@code service policy gate (org.candor.api.policy.PolicyGate)}, {@code configuration org.candor.policy}
     * @param without services that it runs without and uses when they come, in the words of {@code waitsFor}: what it does with
     *     them it cannot do now
     * @param configurationPid or empty
     */
    record ComponentState(
            String name,
            String bundle,
            String state,
            List<String> waitsFor,
            List<String> without,
            String configurationPid) {}

    /**
     * @param bundles by name
     * @param components by bundle and name
     */
    record Components(List<BundleState> bundles, List<ComponentState> components) {}

    /**
     * What a caller may do, as things are.
     *
     * @param operation of {@link Operations#ALL}
     * @param permitted whether the policy in force permits it for the usual purpose; what it demands is another matter
     * @param code why, stable
     * @param messages why not, by language; empty where permitted
     * @param obligations what is demanded of the caller, by type, for example {@code second-person}
     */
    record Permission(
            String operation, boolean permitted, String code, Map<String, String> messages, List<String> obligations) {}

    /** Models, library, log, consent, policy, energy and configuration, in this order. Quick; for who runs the server. */
    List<Check> checks();

    /**
     * Whether a caller may see more of the checks than whether each is ready: details name documents and models. The decision
     * on {@code admin.health.read}; writes no log entry.
     *
     * @param caller or null for anybody
     */
    boolean mayInspect(Caller caller);

    /**
     * What the policy in force would say to each operation, so that surfaces offer what a caller may do and nothing else. By the
     * decision that is made when it is done, for the purpose {@link Answers#DEFAULT_PURPOSE} and without further facts: with
     * others it may be another. Writes no log entry, and is not kept for replays.
     *
     * @return in the order of {@link Operations#ALL}; empty while nobody can say, because a required service is missing
     */
    List<Permission> permissions(Caller caller);

    /**
     * The running system as JSON values: log (origin, key, size), models, revisions (name, version, state, leases), generators
     * (routes of models that write: id, version, digest, tokenizer and chat, which say whether there is one, maxTokens, and the
     * members of {@link org.candor.api.generate.GeneratorStatus}, busy time in seconds), library, energy, policy; a member is
     * null while its service is missing.
     */
    Map<String, Object> status();

    /**
     * Every bundle and component. Needs the permit of {@code admin.health.read}, also while a service that is required is
     * missing; while the policy is, the caller has to be one who {@link Caller#operates operates} the server. Writes no log
     * entry unless refused.
     *
     * @throws OperationException DENIED or UNAVAILABLE
     */
    Components components(Caller caller);

    /**
     * Every bundle and component, for whoever was let in already. It needs no governor and no other part of the server, so a
     * room that is installed alone brings it, too. Quick. Thread safe.
     */
    interface Inventory {

        Components components();
    }
}
