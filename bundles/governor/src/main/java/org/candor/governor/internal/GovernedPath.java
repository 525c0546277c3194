package org.candor.governor.internal;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.api.consent.ConsentRegister;
import org.candor.api.consent.ConsentUnavailableException;
import org.candor.api.consent.SubjectKeys;
import org.candor.api.energy.EnergyAccount;
import org.candor.api.energy.EnergyAccounting;
import org.candor.api.energy.EnergyShare;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PolicyGate;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;
import org.candor.api.retrieval.Scope;
import org.candor.api.transparency.TransparencyLog;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one path through which every operation goes: policy, consent, a place, the work with its energy account, obligations,
 * log. An operation is answered when its log entry is durable, not before; a refusal is logged as well; an operation that
 * changes something is in the log before the change is made. Thread safe; the work runs on the calling thread.
 */
@Component(
        service = {GovernedPath.class, Configured.class},
        configurationPid = GovernedPath.PID,
        immediate = true)
@Designate(ocd = GovernedPath.Config.class)
public final class GovernedPath implements Configured {

    static final String PID = "org.candor.governor";

    private static final Logger LOG = LoggerFactory.getLogger(GovernedPath.class);

    @ObjectClassDefinition(name = "Candor governor", description = "The path through which every operation goes.")
    public @interface Config {
        @AttributeDefinition(
                name = "Required services",
                description =
                        "Services without which nothing is done: policy, consent, energy, transparency. A missing one is a 503, never a silent skip.")
        String[] require() default {"policy", "consent", "energy", "transparency"};

        @AttributeDefinition(
                name = "Concurrent operations",
                description =
                        "Operations that run models at the same time, 1 to 1024; 0 means twice the number of processors.")
        int concurrency() default 0;

        @AttributeDefinition(
                name = "Waiting operations",
                description = "Operations that may wait for a place, 0 to 100000; further ones are refused as busy.")
        int queue() default 256;

        @AttributeDefinition(
                name = "Longest wait",
                description = "Milliseconds an operation waits for a place, 0 to 600000.")
        int queueMillis() default 10_000;

        @AttributeDefinition(
                name = "Folders",
                description =
                        "Folders on the server, absolute, whose files may become documents; none means all but the server's own.")
        String[] folders() default {};
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile PolicyGate policy;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ConsentRegister consent;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile SubjectKeys subjectKeys;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile EnergyAccounting energy;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile PersonalData personalData;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile TransparencyLog log;

    /** What follows the configuration; requests that run keep the one that they began with. */
    private record Settings(Set<Governance> required, Places places) {

        static Settings of(Config config) {
            int count = inRange("concurrency", config.concurrency(), 0, 1024);
            return new Settings(
                    Governance.parse(config.require()),
                    new Places(
                            count == 0 ? 2 * Runtime.getRuntime().availableProcessors() : count,
                            inRange("queue", config.queue(), 0, 100_000),
                            inRange("queueMillis", config.queueMillis(), 0, 600_000)));
        }
    }

    private final Configuration<Config> configuration;
    private volatile Settings settings;
    private final LogEntries entries;
    private final Obligations obligations;

    @Activate
    public GovernedPath(Map<String, Object> properties) {
        this(Configuration.of(PID, Config.class, properties, GovernedPath::check, LOG::warn), Clock.systemUTC());
    }

    GovernedPath(Config config, Clock clock) {
        this(Configuration.of(PID, Config.class, config), clock);
    }

    private GovernedPath(Configuration<Config> configuration, Clock clock) {
        this.configuration = configuration;
        this.settings = Settings.of(configuration.values());
        this.entries = new LogEntries(clock);
        this.obligations = new Obligations(clock);
    }

    private static void check(Config config) {
        Settings.of(config);
        new ServerFolders(null, config.folders());
    }

    /**
     * Counts for the next operation. Budgets, and what waits for a second person, outlive the change; so do places that are
     * taken: for a while there may be as many more operations as there were.
     */
    @Modified
    void modified(Map<String, Object> properties) {
        configuration.change(
                properties,
                (before, after) -> {
                    settings = Settings.of(after);
                    return "";
                },
                LOG::warn);
    }

    @Override
    public Configuration.State configuration() {
        return configuration.state();
    }

    /** Folders whose files may become documents; none means all but the server's own. */
    String[] folders() {
        return configuration.values().folders();
    }

    /** The services that are there now. */
    Services services() {
        return new Services(policy, consent, subjectKeys, energy, personalData, log);
    }

    boolean requires(Governance which) {
        return settings.required().contains(which);
    }

    /**
     * Throws, after logging the refusal, unless the policy permits an operation that tells no text of documents or people, and
     * what it demands before is met; does nothing else. What took two persons is in the log.
     */
    void gate(Operation asked) {
        pass(asked, Obligations.Text.NONE, services().demand(settings.required()));
    }

    /** The same for an operation that tells something; it is masked where the policy wants that. */
    <T> T gate(Operation asked, Supplier<T> read, Obligations.Masked<T> how) {
        Services services = services().demand(settings.required());
        Decision decision = pass(asked, Obligations.Text.MASKED, services);
        return Obligations.masked(decision, how, read.get(), services.personalData());
    }

    private Decision pass(Operation asked, Obligations.Text text, Services services) {
        Decision decision = decide(asked, services);
        Operation operation = meetBefore(asked, decision, text, services);
        if (!operation.equals(asked)) {
            entries.append(
                    operation.name(),
                    operation,
                    Json.policy(operation, decision, null),
                    operation.request(),
                    null,
                    services);
        }
        return decision;
    }

    /** Whether every required service is there. */
    boolean isComplete() {
        Services services = services();
        return settings.required().stream().allMatch(each -> each.in(services));
    }

    /**
     * What would be decided, for telling what will be permitted. Nothing is logged or kept, and no obligation met. Null while
     * a required service is missing.
     */
    Decision consider(Operation operation) {
        Services services = services();
        return settings.required().stream().allMatch(each -> each.in(services))
                ? considered(operation, services)
                : null;
    }

    /**
     * Whether the policy permits an operation, for deciding how much of something is shown. Nothing is logged or kept, and no
     * obligation met. What is missing has to be seen while it is: without the policy that is required, by those who operate
     * the server.
     */
    boolean permits(Operation operation) {
        Services services = services();
        return services.policy() == null && requires(Governance.POLICY)
                ? operation.caller().operates()
                : considered(operation, services).permitted();
    }

    private static Decision considered(Operation operation, Services services) {
        return decision(operation, services.policy() == null ? null : services.policy()::consider);
    }

    /**
     * Does an operation.
     *
     * @throws OperationException when it was not done, or done and could not be logged: the message says which
     */
    <T> Governed<T> run(Operation asked, Task<T> task) {
        Timings timings = new Timings();
        Services services = services().demand(settings.required());
        Decision decision = decide(asked, services);
        demandConsent(asked, decision, services);
        Operation operation = meetBefore(exact(asked, task), decision, text(asked, task), services);
        Permit permit = permit(operation, decision, services);
        timings.lap("governance");
        try (Places.Place place = operation.effect() == Operation.Effect.COMPUTE
                ? settings.places().take()
                : () -> {}) {
            timings.lap("wait");
            return perform(operation, task, permit, services, timings);
        } catch (ConsentUnavailableException e) {
            throw Services.consentUnavailable(e);
        } catch (ModelUnavailableException e) {
            throw new OperationException(Kind.UNAVAILABLE, "model-unavailable", e.getMessage(), null, e);
        }
    }

    /**
     * Puts something into the log that is no operation but happened, for example to a model.
     *
     * @param actor who caused it
     * @throws OperationException UNAVAILABLE when it could not be made durable
     */
    void note(String event, Caller actor, Map<String, Object> members) {
        Services services = services();
        if (services.log() == null || services.subjectKeys() == null) {
            if (settings.required().contains(Governance.TRANSPARENCY)) {
                throw Services.missing(Governance.TRANSPARENCY.key(), Governance.TRANSPARENCY.description());
            }
            return;
        }
        entries.log(event, actor, members, services);
    }

    private <T> Governed<T> perform(
            Operation operation, Task<T> task, Permit permit, Services services, Timings timings) {
        boolean changes = operation.effect() == Operation.Effect.CHANGE;
        boolean told = operation.effect().tellsBegin();
        boolean masked = !changes || task.masks();
        if (masked) {
            Obligations.demandDetector(permit.decision(), services.personalData());
        }
        Map<String, Object> policyJson = Json.policy(operation, permit.decision(), permit.consentEpoch());
        Runnable begun = told ? entries.begin(operation, policyJson, services) : () -> {};
        if (changes) {
            begun.run();
            timings.lap("begun");
        }
        T result;
        EnergyShare share;
        try (EnergyAccount account =
                services.energy() == null ? null : services.energy().open(operation.name())) {
            result = task.perform(permit, new Work(account, begun));
            begun.run();
            timings.lap("work");
            share = account == null ? null : account.settle();
        } catch (IOException e) {
            OperationException failure = new OperationException(
                    Kind.UNAVAILABLE, "storage-failed", operation.name() + " failed: " + e.getMessage(), null, e);
            throw told ? entries.failed(operation, policyJson, failure, services) : failure;
        } catch (RuntimeException e) {
            throw told ? entries.failed(operation, policyJson, e, services) : e;
        } catch (Error e) {
            throw told ? entries.failed(operation, policyJson, e, services) : e;
        }
        Map<String, Object> members = new LinkedHashMap<>(operation.request());
        if (masked) {
            result = Obligations.masked(permit.decision(), task::mask, result, services.personalData());
        }
        task.describe(result, members);
        obligations.spend(operation, permit.decision(), share);
        timings.lap("obligations");
        Map<String, Object> energyJson = Json.energy(share);
        Evidence evidence = entries.append(operation.name(), operation, policyJson, members, energyJson, services);
        members.put("energy", energyJson);
        members.put("policy", policyJson);
        timings.lap("log");
        return new Governed<>(result, members, evidence, timings.total());
    }

    private Decision decide(Operation operation, Services services) {
        Decision decision = decision(operation, services.policy() == null ? null : services.policy()::decide);
        if (!decision.permitted()) {
            throw entries.refused(Kind.DENIED, operation, decision, services);
        }
        return decision;
    }

    /** @param policy what decides, or null without a policy */
    private static Decision decision(Operation operation, Function<PolicyRequest, Decision> policy) {
        Decision permit = policy == null
                ? new Decision(
                        true, "no-policy", "No policy is required here.", List.of(), new PolicyId("none", "", ""))
                : policy.apply(new PolicyRequest(
                        operation.caller(), operation.name(), operation.purpose(), operation.attributes()));
        return withinTenant(operation, permit);
    }

    /** Nothing is done for a person who withdrew the purpose. The refusal is keyed with the caller's key: the person's may be gone. */
    private void demandConsent(Operation operation, Decision permit, Services services) {
        String subject = operation.subject();
        if (subject == null || services.consent() == null) {
            return;
        }
        String tenant = operation.caller().tenant();
        boolean permitted;
        try {
            permitted = services.consent().permits(tenant, subject, operation.purpose());
        } catch (ConsentUnavailableException e) {
            throw Services.consentUnavailable(e);
        }
        if (!permitted) {
            String english = "The person for whom this is asked has withdrawn the purpose \"" + operation.purpose()
                    + "\", or was erased.";
            String chinese = "此请求所涉及的人已撤回用途“" + operation.purpose() + "”的同意，或其数据已被删除。";
            Decision refusal = new Decision(
                    false,
                    "consent-withdrawn",
                    english,
                    List.of(),
                    permit.policy(),
                    Map.of("en", english, "zh", chinese),
                    List.of());
            throw entries.refused(Kind.DENIED, operation.inFavourOf(null), refusal, services);
        }
    }

    private static Operation exact(Operation asked, Task<?> task) {
        Operation exact = asked;
        for (Map.Entry<String, Object> member : task.exactly().entrySet()) {
            exact = exact.with(member.getKey(), member.getValue());
        }
        return exact;
    }

    /** What changes something tells that it did, and what more it tells it masks itself. */
    private static Obligations.Text text(Operation operation, Task<?> task) {
        if (operation.effect() == Operation.Effect.CHANGE) {
            return Obligations.Text.NONE;
        }
        return task.masks() ? Obligations.Text.MASKED : Obligations.Text.OPEN;
    }

    private Operation meetBefore(Operation asked, Decision decision, Obligations.Text text, Services services) {
        try {
            return obligations.before(asked, decision, text);
        } catch (Obligations.UnmetException e) {
            throw entries.refused(e.kind(), asked, e.refusal(decision), services);
        }
    }

    /** No policy, and no lack of one, can let one tenant's people change what another tenant works with. */
    private static Decision withinTenant(Operation operation, Decision decision) {
        if (!decision.permitted() || operation.caller().ofOperator() || !operation.reachesEveryTenant()) {
            return decision;
        }
        String english = "The operation \"" + operation.name()
                + "\" reaches every tenant; it is for callers of the tenant \"" + Caller.OPERATOR_TENANT + "\".";
        String chinese = "操作“" + operation.name() + "”涉及所有租户，仅限租户“" + Caller.OPERATOR_TENANT + "”的调用者。";
        return new Decision(
                false,
                "tenant-not-operator",
                english,
                List.of(),
                decision.policy(),
                Map.of("en", english, "zh", chinese),
                List.of());
    }

    private static Permit permit(Operation operation, Decision decision, Services services) {
        Caller caller = operation.caller();
        ConsentRegister register = services.consent();
        if (register == null) {
            // Nobody can say what a subject agreed to, so only documents about nobody may be seen.
            Scope scope = new Scope(
                    caller.tenant(), operation.purpose(), caller.roles(), Set.of(), document -> document.subjects()
                            .isEmpty());
            return new Permit(decision, null, scope);
        }
        try {
            long epoch = register.epoch();
            Set<String> withdrawn = register.withdrawn(caller.tenant(), operation.purpose());
            Scope scope = new Scope(caller.tenant(), operation.purpose(), caller.roles(), withdrawn, document -> {
                for (String subject : document.subjects()) {
                    if (!register.permits(caller.tenant(), subject, operation.purpose())) {
                        return false;
                    }
                }
                return true;
            });
            return new Permit(decision, epoch, scope);
        } catch (ConsentUnavailableException e) {
            throw Services.consentUnavailable(e);
        }
    }

    /** @param begun waits until the begin is in the log */
    private record Work(EnergyAccount account, Runnable begun) implements Task.Meter {

        @Override
        public void work(long busyNanos) {
            if (account != null) {
                account.work(busyNanos);
            }
        }

        @Override
        public void awaitBegin() {
            begun.run();
        }
    }

    private static int inRange(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new InvalidConfigurationException(PID, key, value, least + " to " + most);
        }
        return value;
    }
}
