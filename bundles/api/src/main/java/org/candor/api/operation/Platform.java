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
     * @param detail what is there, or what it waits for, in one line
     */
    record Check(String name, boolean ready, String detail) {}

    /**
     * @param name symbolic name
     * @param version of the bundle
     * @param state active, resolved, installed, starting or stopping
     * @param since when it came into that state, or null when it has been in it since before anybody looked
     */
    record BundleState(String name, String version, String state, Instant since) {}

    /**
     * A declarative services component.
     *
     * @param name of the component
     * @param bundle symbolic name
     * @param state active, satisfied, unsatisfied, failed or disabled
     * @param waitsFor services and configuration that are missing, why its activation failed, or why its newest configuration
     *     does not count while an older one does, each in one line
     * @param configurationPid or empty
     */
    record ComponentState(String name, String bundle, String state, List<String> waitsFor, String configurationPid) {}

    /**
     * @param bundles by name
     * @param components by bundle and name
     */
    record Components(List<BundleState> bundles, List<ComponentState> components) {}

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
     * The running system as JSON values: log (origin, key, size), models, library, energy, policy; a member is null while
     * its service is missing.
     */
    Map<String, Object> status();

    /**
     * Every bundle and component. Needs the permit of {@code admin.health.read}; writes no log entry unless refused.
     *
     * @throws OperationException DENIED or UNAVAILABLE
     */
    Components components(Caller caller);
}
