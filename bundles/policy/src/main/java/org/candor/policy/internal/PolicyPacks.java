package org.candor.policy.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.consent.SubjectKeys;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyGate;
import org.candor.api.policy.PolicyRegistry;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyTests;
import org.candor.proof.PackKind;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.util.tracker.BundleTracker;
import org.osgi.util.tracker.BundleTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Policies that are bundles: those that provide a capability {@code org.candor.policy}. Packs are read on one thread of
 * this component. The gate is offered as a service once something decides; without a configuration there is none.
 */
@Component(
        service = {PolicyRegistry.class, Configured.class},
        configurationPid = PolicyPacks.NAMESPACE,
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
public final class PolicyPacks implements PolicyRegistry, Configured {

    /** Namespace of the capability that makes a bundle a policy pack; the PID, too. */
    static final String NAMESPACE = "org.candor.policy";

    private static final Logger LOG = LoggerFactory.getLogger(PolicyPacks.class);

    /** Why the newest configuration does not count, or empty. */
    private volatile String refused = "";

    private volatile String pending = "";
    private volatile int decisions;
    private final BundleContext context;
    private final DecisionJournal journal;
    private final PolicySwitch policies;
    private final ExecutorService executor;
    private final Packs packs = new Packs();
    private final BundleTracker<Pack> tracker;
    private ServiceRegistration<PolicyGate> gate;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile SubjectKeys subjectKeys;

    /**
     * @param properties keys as in etc/org.candor.policy.cfg
     * @throws IOException when the state in {@code candor.home} cannot be used
     */
    @Activate
    public PolicyPacks(BundleContext context, Map<String, Object> properties) throws IOException {
        this.context = context;
        Path folder = folder(context);
        PolicySettings settings = settings(properties);
        decisions = settings.decisions();
        PackStore store = new PackStore(folder.resolve("packs"));
        store.clean();
        journal = new DecisionJournal(
                folder.resolve("decisions"), settings.decisions(), this::pseudonym, Clock.systemUTC());
        policies = new PolicySwitch(
                new ActivationRecord(folder.resolve("activations.jsonl")),
                store,
                journal,
                Clock.systemUTC(),
                this::offer);
        executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("candor-policies").daemon().factory());
        policies.trust(settings.trust());
        policies.configure(settings.rules(), settings.preferred());
        tracker = new BundleTracker<>(
                context, Bundle.RESOLVED | Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING, packs);
        tracker.open();
    }

    /** At start nonsense means that neither its rules nor the default decide: what the operator meant is not known. */
    private PolicySettings settings(Map<String, Object> properties) {
        try {
            return PolicySettings.read(properties);
        } catch (IllegalArgumentException e) {
            refused = e.getMessage();
            LOG.error("Nothing decides until this is corrected, or a policy was activated before. {}", e.getMessage());
            return PolicySettings.NONE;
        }
    }

    private static Path folder(BundleContext context) {
        String home = context.getProperty("candor.home");
        return home == null ? context.getDataFile("policy").toPath() : Path.of(home, "policy");
    }

    @Modified
    void update(Map<String, Object> properties) {
        try {
            PolicySettings settings = PolicySettings.read(properties);
            policies.configure(settings.rules(), settings.preferred());
            policies.trust(settings.trust());
            later(packs::lookAgain);
            refused = "";
            pending = settings.decisions() == decisions ? "" : "decisions counts from the next start on";
        } catch (IllegalArgumentException e) {
            refused = e.getMessage();
            LOG.error("The new configuration is refused, the one before it stays. {}", e.getMessage());
        }
    }

    @Override
    public Configuration.State configuration() {
        return new Configuration.State(NAMESPACE, refused, pending);
    }

    @Deactivate
    void deactivate() throws IOException, InterruptedException {
        tracker.close();
        executor.shutdownNow();
        executor.awaitTermination(30, TimeUnit.SECONDS);
        withdraw();
        try {
            journal.close();
        } finally {
            policies.close();
        }
    }

    private synchronized void offer() {
        if (gate == null) {
            Dictionary<String, Object> none = new Hashtable<>();
            gate = context.registerService(PolicyGate.class, policies, none);
        }
    }

    private synchronized void withdraw() {
        if (gate != null) {
            gate.unregister();
        }
    }

    private byte[] pseudonym(String tenant, String subject, byte[] nonce, boolean create) {
        SubjectKeys keys = subjectKeys;
        if (keys == null || !create && !keys.exists(tenant, subject)) {
            return null;
        }
        return keys.derive(tenant, subject, nonce, "candor/decision/v1");
    }

    private void later(Runnable task) {
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.error("Policies could not be brought up to date", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("The policies are closing", e);
        }
    }

    @Override
    public List<PolicyCandidate> candidates() {
        return policies.candidates();
    }

    @Override
    public PolicyActivation active() {
        return policies.active();
    }

    @Override
    public List<PolicyActivation> history() {
        return policies.history();
    }

    @Override
    public PolicyTests test(String name, String version) {
        return policies.test(name, version);
    }

    @Override
    public PolicyReplay replay(String name, String version, int decisions) {
        return policies.replay(name, version, decisions);
    }

    @Override
    public PolicyActivation activate(String name, String version, String actor, String reason) {
        return policies.activate(name, version, actor, reason);
    }

    @Override
    public PolicyActivation rollBack(String actor, String reason) {
        return policies.rollBack(actor, reason);
    }

    /** A pack's files in a bundle. */
    private record BundleFiles(Bundle bundle) implements PackFiles {
        @Override
        public String location() {
            return "bundle " + bundle.getSymbolicName() + " " + bundle.getVersion();
        }

        @Override
        public Set<String> names() {
            Set<String> names = new TreeSet<>();
            Enumeration<String> paths = bundle.getEntryPaths(PackKind.POLICY.folder());
            while (paths != null && paths.hasMoreElements()) {
                names.add(paths.nextElement().substring(PackKind.POLICY.folder().length() + 1));
            }
            return names;
        }

        @Override
        public Optional<byte[]> read(String file) throws IOException {
            URL entry = bundle.getEntry("POLICY/" + file);
            if (entry == null) {
                return Optional.empty();
            }
            try (InputStream in = entry.openStream()) {
                // One that is larger than any pack may be is not read to its end: it may be endless when unpacked.
                return Optional.of(in.readNBytes(PolicyPack.MOST_BYTES + 1));
            }
        }
    }

    /** What became of a bundle; written and read on the executor's thread. */
    private static final class Pack {
        private final String location;
        private final BundleFiles files;
        private final BundleCapability capability;
        private PolicyPack pack;

        Pack(BundleFiles files, BundleCapability capability) {
            this.location = files.location();
            this.files = files;
            this.capability = capability;
        }
    }

    private final class Packs implements BundleTrackerCustomizer<Pack> {

        @Override
        public Pack addingBundle(Bundle bundle, BundleEvent event) {
            var capabilities = bundle.adapt(BundleRevision.class).getDeclaredCapabilities(NAMESPACE);
            if (capabilities.isEmpty()) {
                return null;
            }
            Pack pack = new Pack(new BundleFiles(bundle), capabilities.getFirst());
            later(() -> take(pack));
            return pack;
        }

        /** After the configuration changed: a pack that was refused may be trusted now, and the other way round. */
        private void lookAgain() {
            for (Pack pack : tracker.getTracked().values()) {
                if (pack.pack != null && policies.trusts(pack.pack)) {
                    continue;
                }
                if (pack.pack != null) {
                    policies.remove(pack.pack);
                    pack.pack = null;
                }
                policies.forgetRefused(pack.location);
                take(pack);
            }
        }

        private void take(Pack pack) {
            try {
                PolicyPack read = PolicyPack.read(pack.files);
                Map<String, Object> claims = new HashMap<>(pack.capability.getAttributes());
                claim("name", claims.get("name"), read.id().name());
                claim("version", claims.get("version"), read.id().version());
                policies.add(read);
                pack.pack = read;
                policies.reconcile();
            } catch (InvalidPackException | IOException e) {
                LOG.error("The policy pack of {} is refused: {}", pack.location, e.getMessage());
                policies.refuse(pack.location, e.getMessage());
            }
        }

        private static void claim(String attribute, Object claimed, String found) {
            if (!found.equals(String.valueOf(claimed))) {
                throw new InvalidPackException("card.json: " + attribute + " is \"" + found
                        + "\", and the bundle's capability " + NAMESPACE + " says \"" + claimed + "\"");
            }
        }

        @Override
        public void modifiedBundle(Bundle bundle, BundleEvent event, Pack pack) {
            // Packs have no code: whether they are started makes no difference.
        }

        @Override
        public void removedBundle(Bundle bundle, BundleEvent event, Pack pack) {
            later(() -> {
                policies.forgetRefused(pack.location);
                if (pack.pack != null) {
                    policies.remove(pack.pack);
                }
            });
        }
    }
}
