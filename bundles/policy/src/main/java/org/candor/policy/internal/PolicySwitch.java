package org.candor.policy.internal;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.candor.api.operation.Operations;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyException;
import org.candor.api.policy.PolicyException.Kind;
import org.candor.api.policy.PolicyGate;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRegistry;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyRequest;
import org.candor.api.policy.PolicyTests;
import org.candor.proof.PackTrust;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which policy decides. The one in force is a single reference to something immutable: a decision reads it once, an
 * activation replaces it with one write, after it is on the disk. Deciding takes no lock; everything else takes one.
 *
 * <p>While nobody ever activated anything, the rules of the configuration file decide where it has any, and the
 * configured default otherwise; that is recorded as well. From the first activation by somebody on the record decides.
 */
final class PolicySwitch implements PolicyGate, PolicyRegistry, AutoCloseable {

    /** Who activates what no person activated. */
    static final String SYSTEM = "system";

    private static final Logger LOG = LoggerFactory.getLogger(PolicySwitch.class);
    private static final int MOST_DIFFERENCES = 200;

    /** What decides now. */
    private record InForce(Policy policy, KnownDecisions decisions, PolicyActivation activation, boolean configured) {}

    /** The rules of the configuration file. */
    private record Configured(Policy policy, PolicyId id) {}

    private final ActivationRecord record;
    private final PackStore store;
    private final DecisionJournal journal;
    private final Clock clock;
    private final Runnable changed;

    private final PackTrials trials;
    private final Map<String, PolicyPack> packs = new TreeMap<>();

    private final List<PolicyCandidate> refused = new ArrayList<>();
    private Configured configured;
    private String preferred = "";
    private PackTrust trust = PolicySettings.shipped();
    private volatile InForce inForce;

    /** @param changed called, under the lock, after something else is in force */
    PolicySwitch(ActivationRecord record, PackStore store, DecisionJournal journal, Clock clock, Runnable changed) {
        this.record = record;
        this.store = store;
        this.journal = journal;
        this.trials = new PackTrials(journal);
        this.clock = clock;
        this.changed = changed;
    }

    @Override
    public Decision decide(PolicyRequest request) {
        Decision decision = consider(request);
        journal.add(request, decision);
        return decision;
    }

    @Override
    public Decision consider(PolicyRequest request) {
        return inForce.decisions().decide(request);
    }

    @Override
    public PolicyId policy() {
        return inForce.policy().id();
    }

    /** Whether anything decides. */
    boolean decides() {
        return inForce != null;
    }

    /** Whether compiled policies decide, and not Cedar's own core. */
    boolean isCompiled() {
        return isCompiled(inForce.policy());
    }

    /** Which packs may be installed from now on; those that are there stay. */
    synchronized void trust(PackTrust which) {
        trust = which;
    }

    /** Whether the pack could be installed now. */
    synchronized boolean trusts(PolicyPack pack) {
        return !trustOf(pack).isEmpty();
    }

    private String trustOf(PolicyPack pack) {
        try {
            return pack.check(trust);
        } catch (InvalidPackException e) {
            return "";
        }
    }

    /**
     * Takes in a pack.
     *
     * @throws InvalidPackException when it is not trusted, or another one has its name and version
     */
    synchronized void add(PolicyPack pack) {
        pack.check(trust);
        PolicyPack other = packs.get(key(pack.id()));
        if (other != null && !other.id().equals(pack.id())) {
            throw new InvalidPackException(
                    "the policy " + pack.id().name() + " " + pack.id().version()
                            + " is installed from " + other.location() + " with other content ("
                            + other.id().digest()
                            + "); give the new one another version");
        }
        packs.put(key(pack.id()), pack);
    }

    /** A pack goes. What is in force stays in force. */
    synchronized void remove(PolicyPack pack) {
        packs.remove(key(pack.id()), pack);
        trials.forget(pack);
    }

    /** Shows a pack that never decides. */
    synchronized void refuse(String location, String reason) {
        refused.removeIf(candidate -> candidate.source().equals(location));
        refused.add(new PolicyCandidate(
                new PolicyId(location, "", ""), location, PolicyCandidate.State.REFUSED, reason, "", Map.of()));
    }

    /** Forgets a pack that was refused. */
    synchronized void forgetRefused(String location) {
        refused.removeIf(candidate -> candidate.source().equals(location));
    }

    /**
     * The configuration.
     *
     * @param rules of the file, or null where it has none
     * @param fallback {@code name:version} of what decides while nobody activated anything
     * @throws InvalidPolicyException when the rules are not valid; then everything stays as it was
     */
    synchronized void configure(PolicySource rules, String fallback) {
        Policy policy = rules == null ? null : rules.read();
        preferred = fallback;
        configured = policy == null ? null : new Configured(policy, policy.id());
        reconcile();
    }

    /** Brings into force what the record says, or the configuration while there is no record. */
    synchronized void reconcile() {
        List<ActivationRecord.Entry> entries = record.entries();
        try {
            if (entries.isEmpty()) {
                unrecorded(null);
            } else if (entries.getLast().byDefault()) {
                unrecorded(entries.getLast());
            } else {
                recorded(entries.getLast());
            }
        } catch (IOException | IllegalArgumentException | PolicyException e) {
            LOG.error("The policy that should be in force cannot be: {}", e.getMessage());
        }
    }

    /** @param last what was in force by default before, or null */
    private void unrecorded(ActivationRecord.Entry last) throws IOException {
        if (configured != null) {
            if (!isInForce(configured.id())) {
                byDefault(configured.policy(), null, last, "the rules in etc/org.candor.policy.cfg");
            }
            return;
        }
        PolicyPack pack = packs.get(preferred);
        if (pack == null && inForce == null && last != null && !last.configured()) {
            // Until its bundle is there the copy decides that was kept of it.
            PolicyId before = last.activation().policy();
            if (key(before).equals(preferred)) {
                pack = store.find(before).filter(this::trusts).orElse(null);
            }
        }
        if (pack != null && !isInForce(pack.id())) {
            byDefault(trials.tested(pack), pack, last, "default of the configuration");
        }
    }

    private boolean isInForce(PolicyId id) {
        return inForce != null && inForce.policy().id().equals(id);
    }

    private void byDefault(Policy policy, PolicyPack pack, ActivationRecord.Entry last, String reason)
            throws IOException {
        boolean fromConfiguration = pack == null;
        if (last != null
                && last.configured() == fromConfiguration
                && last.activation().policy().equals(policy.id())) {
            flip(policy, last.activation(), fromConfiguration);
            return;
        }
        PolicyActivation activation = activation(policy.id(), SYSTEM, reason);
        if (pack != null) {
            store.keep(pack);
        }
        record.append(new ActivationRecord.Entry(activation, fromConfiguration, isCompiled(policy), true));
        flip(policy, activation, fromConfiguration);
    }

    private void recorded(ActivationRecord.Entry last) throws IOException {
        PolicyId wanted = last.activation().policy();
        if (last.configured()) {
            if (configured == null) {
                if (inForce == null) {
                    LOG.error(
                            "The rules of etc/org.candor.policy.cfg were activated, and the file has none: nothing is "
                                    + "permitted. Give it rules again.");
                }
                return;
            }
            if (isInForce(configured.id())) {
                return;
            }
            PolicyActivation activation = last.activation();
            if (!configured.id().equals(wanted)) {
                activation = activation(configured.id(), "configuration", "etc/org.candor.policy.cfg was edited");
                record.append(new ActivationRecord.Entry(activation, true, false, false));
            }
            flip(configured.policy(), activation, true);
            return;
        }
        if (isInForce(wanted)) {
            return;
        }
        PolicyPack pack = packs.get(key(wanted));
        if (pack == null || !pack.id().equals(wanted)) {
            Optional<PolicyPack> kept = store.find(wanted);
            if (kept.isEmpty()) {
                LOG.error("{} was activated and is neither installed nor kept: install it again", wanted);
                return;
            }
            pack = kept.get();
        }
        flip(last.compiled() ? PackCheck.trusted(pack) : PackCheck.byCore(pack), last.activation(), false);
    }

    private void flip(Policy policy, PolicyActivation activation, boolean fromConfiguration) {
        inForce = new InForce(policy, new KnownDecisions(policy), activation, fromConfiguration);
        if (policy instanceof RolePolicy rules) {
            List<String> uncovered = rules.uncovered(Operations.ALL);
            if (!uncovered.isEmpty()) {
                LOG.warn(
                        "The rules of etc/org.candor.policy.cfg do not cover these operations, so nobody may do them: {}. "
                                + "Add rules, or remove all of them from the file and use a policy pack.",
                        String.join(", ", uncovered));
            }
        }
        LOG.info("Policy in force: {}, activated by {}: {}", policy.id(), activation.actor(), activation.reason());
        changed.run();
    }

    private PolicyActivation activation(PolicyId id, String actor, String reason) {
        return new PolicyActivation(id, actor, reason, Instant.now(clock).truncatedTo(ChronoUnit.MILLIS));
    }

    private static String key(PolicyId id) {
        return id.name() + ":" + id.version();
    }

    @Override
    public synchronized List<PolicyCandidate> candidates() {
        List<PolicyCandidate> candidates = new ArrayList<>();
        Set<PolicyId> seen = new HashSet<>();
        InForce now = inForce;
        if (configured != null) {
            seen.add(configured.id());
            candidates.add(new PolicyCandidate(
                    configured.id(),
                    "etc/org.candor.policy.cfg",
                    state(configured.id(), now),
                    "",
                    "written in the configuration",
                    Map.of()));
        }
        packs.values().forEach(pack -> {
            seen.add(pack.id());
            candidates.add(new PolicyCandidate(
                    pack.id(),
                    pack.location(),
                    state(pack.id(), now),
                    "",
                    trustOf(pack),
                    pack.card().values()));
        });
        if (now != null && !seen.contains(now.policy().id())) {
            candidates.add(new PolicyCandidate(
                    now.policy().id(),
                    "kept copy; its bundle is gone",
                    PolicyCandidate.State.ACTIVE,
                    "",
                    "trusted when it was activated",
                    Map.of()));
        }
        candidates.sort(Comparator.comparing((PolicyCandidate c) -> c.policy().name())
                .thenComparing(c -> c.policy().version()));
        candidates.addAll(refused);
        return candidates;
    }

    private static PolicyCandidate.State state(PolicyId id, InForce now) {
        return now != null && now.policy().id().equals(id)
                ? PolicyCandidate.State.ACTIVE
                : PolicyCandidate.State.CANDIDATE;
    }

    @Override
    public PolicyActivation active() {
        InForce now = inForce;
        return now == null ? null : now.activation();
    }

    @Override
    public synchronized List<PolicyActivation> history() {
        List<PolicyActivation> history = new ArrayList<>();
        record.entries().forEach(entry -> history.add(entry.activation()));
        return history;
    }

    @Override
    public PolicyTests test(String name, String version) {
        Found found = find(name, version);
        return found.pack() == null ? new PolicyTests(found.policy().id(), 0, List.of()) : trials.test(found.pack());
    }

    @Override
    public PolicyReplay replay(String name, String version, int decisions) {
        Found found = find(name, version);
        Policy policy = found.pack() == null ? found.policy() : trials.check(found.pack());
        Set<String> subjects = found.pack() == null ? Set.of() : found.pack().subjects();
        return Replay.of(policy, trials.newest(decisions, subjects), MOST_DIFFERENCES);
    }

    private record Found(PolicyPack pack, Policy policy) {}

    private synchronized Found find(String name, String version) {
        PolicyPack pack = packs.get(name + ":" + version);
        if (pack != null) {
            return new Found(pack, null);
        }
        if (configured != null && key(configured.id()).equals(name + ":" + version)) {
            return new Found(null, configured.policy());
        }
        throw new PolicyException(
                Kind.UNKNOWN,
                "No policy \"" + name + "\" " + version + " is installed; these are: " + String.join(", ", names())
                        + ".",
                null);
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(packs.keySet());
        if (configured != null) {
            names.add(key(configured.id()));
        }
        return names;
    }

    @Override
    public synchronized PolicyActivation activate(String name, String version, String actor, String reason) {
        Found found = find(name, version);
        if (found.pack() == null) {
            return activate(found.policy(), true, false, null, actor, reason);
        }
        return activate(found.pack(), actor, reason);
    }

    private PolicyActivation activate(PolicyPack pack, String actor, String reason) {
        CedarRules rules = trials.tested(pack);
        return activate(rules, false, rules.isCompiled(), pack, actor, reason);
    }

    private PolicyActivation activate(
            Policy policy, boolean fromConfiguration, boolean compiled, PolicyPack pack, String actor, String reason) {
        if (actor == null || actor.isBlank() || reason == null || reason.isBlank()) {
            throw new IllegalArgumentException("an activation needs an actor and a reason");
        }
        PolicyActivation activation = activation(policy.id(), actor, reason);
        try {
            if (pack != null) {
                store.keep(pack);
            }
            record.append(new ActivationRecord.Entry(activation, fromConfiguration, compiled, false));
        } catch (IOException e) {
            throw new PolicyException(
                    Kind.STORAGE,
                    "The activation could not be written, so "
                            + (inForce == null ? "nothing" : inForce.policy().id()) + " stays in force: "
                            + e.getMessage(),
                    e);
        }
        flip(policy, activation, fromConfiguration);
        return activation;
    }

    private static boolean isCompiled(Policy policy) {
        return policy instanceof CedarRules rules && rules.isCompiled();
    }

    @Override
    public synchronized PolicyActivation rollBack(String actor, String reason) {
        PolicyId now = inForce == null ? null : inForce.policy().id();
        ActivationRecord.Entry last = record.entries().reversed().stream()
                .filter(entry -> !entry.activation().policy().equals(now))
                .findFirst()
                .orElseThrow(() -> nothingBefore("No other policy than "
                        + (now == null ? "none" : now.name() + " " + now.version()) + " was ever in force."));
        PolicyId before = last.activation().policy();
        if (last.configured()) {
            if (configured == null || !configured.id().equals(before)) {
                throw nothingBefore("Before, the rules of etc/org.candor.policy.cfg were in force as they were then ("
                        + before.digest() + "), and the file was edited since. Restore it, or activate a policy.");
            }
            return activate(configured.policy(), true, false, null, actor, reason);
        }
        return activate(stillThere(before), actor, reason);
    }

    private PolicyPack stillThere(PolicyId before) {
        PolicyPack pack = packs.get(key(before));
        if (pack != null && pack.id().equals(before)) {
            return pack;
        }
        try {
            return store.find(before)
                    .orElseThrow(() -> nothingBefore("Before, " + before.name() + " " + before.version() + " ("
                            + before.digest() + ") was in force, and it is neither installed nor kept. "
                            + "Install it again, or activate another policy."));
        } catch (IOException e) {
            throw new PolicyException(Kind.STORAGE, e.getMessage(), e);
        } catch (InvalidPackException e) {
            throw nothingBefore("Before, " + before.name() + " " + before.version()
                    + " was in force, and the copy that was kept is damaged: " + e.getMessage()
                    + ". Install it again, or activate another policy.");
        }
    }

    private static PolicyException nothingBefore(String message) {
        return new PolicyException(Kind.NOTHING_BEFORE, message, null);
    }

    @Override
    public void close() throws IOException {
        record.close();
    }
}
