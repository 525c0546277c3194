package org.candor.governor.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.operation.Policies;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyException;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRegistry;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyTests;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Operations {@code admin.policies.*}. The policy in force decides who may replace it. */
@Component
public final class PolicyOperations implements Policies {

    private static final String GROUP = "admin.policies.";
    private static final String POLICY = "policy";

    private final GovernedPath path;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile PolicyRegistry registry;

    @Activate
    public PolicyOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public Overview list(Caller caller) {
        return run(
                        operation("list", caller, Operation.Effect.READ, Map.of()),
                        policies -> new Overview(policies.active(), policies.candidates(), policies.history()),
                        (overview, members) -> members.put(
                                "policies",
                                overview.candidates().stream()
                                        .map(candidate -> Json.policy(candidate.policy()))
                                        .toList()))
                .result();
    }

    @Override
    public PolicyTests test(Caller caller, String name, String version) {
        return run(
                        operation("test", caller, Operation.Effect.READ, named(name, version)),
                        policies -> policies.test(name, version),
                        (tests, members) -> {
                            members.put("run", tests.run());
                            members.put("failed", tests.failures().size());
                        })
                .result();
    }

    @Override
    public PolicyReplay replay(Caller caller, String name, String version, int decisions) {
        Map<String, Object> request = named(name, version);
        if (decisions < 1 || decisions > MOST_REPLAYED) {
            throw Requests.invalid("decisions", "must be 1 to " + MOST_REPLAYED);
        }
        request.put("decisions", decisions);
        return run(
                        operation("replay", caller, Operation.Effect.READ, request),
                        policies -> policies.replay(name, version, decisions),
                        (replay, members) -> {
                            members.put("replayed", replay.replayed());
                            members.put("permitToDeny", replay.permitToDeny());
                            members.put("denyToPermit", replay.denyToPermit());
                        })
                .result();
    }

    @Override
    public Change activate(Caller caller, String name, String version, String reason) {
        Map<String, Object> request = named(name, version);
        String why = Requests.neededReason(reason);
        request.put("reason", why);
        return change(
                "activate",
                caller,
                request,
                policies -> exactly(policies, installed(policies, name, version)),
                policies -> policies.activate(name, version, caller.subject(), why));
    }

    @Override
    public Change rollBack(Caller caller, String reason) {
        String why = Requests.neededReason(reason);
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("reason", why);
        return change(
                "rollback",
                caller,
                request,
                policies -> exactly(policies, before(policies)),
                policies -> policies.rollBack(caller.subject(), why));
    }

    /** What is in force, and what is to be: two persons mean the same only when they mean these. */
    private static Map<String, Object> exactly(PolicyRegistry policies, PolicyId target) {
        PolicyActivation active = policies.active();
        Map<String, Object> exactly = new LinkedHashMap<>();
        exactly.put("inForce", active == null ? null : Json.policy(active.policy()));
        exactly.put("target", target == null ? null : Json.policy(target));
        return exactly;
    }

    private static PolicyId installed(PolicyRegistry policies, String name, String version) {
        return policies.candidates().stream()
                .filter(candidate -> candidate.state() != PolicyCandidate.State.REFUSED)
                .map(PolicyCandidate::policy)
                .filter(policy -> policy.name().equals(name) && policy.version().equals(version))
                .findFirst()
                .orElse(null);
    }

    private static PolicyId before(PolicyRegistry policies) {
        PolicyActivation active = policies.active();
        return policies.history().reversed().stream()
                .map(PolicyActivation::policy)
                .filter(policy -> active == null || !policy.equals(active.policy()))
                .findFirst()
                .orElse(null);
    }

    private Change change(
            String name,
            Caller caller,
            Map<String, Object> request,
            Function<PolicyRegistry, Map<String, Object>> exactly,
            Function<PolicyRegistry, PolicyActivation> activation) {
        Governed<PolicyActivation> done = run(
                operation(name, caller, Operation.Effect.CHANGE, request),
                exactly,
                activation,
                (activated, members) -> members.put("activation", Json.activation(activated)));
        return new Change(done.result(), done.evidence());
    }

    private <T> Governed<T> run(
            Operation operation, Function<PolicyRegistry, T> work, BiConsumer<T, Map<String, Object>> describe) {
        return run(operation, policies -> Map.of(), work, describe);
    }

    private <T> Governed<T> run(
            Operation operation,
            Function<PolicyRegistry, Map<String, Object>> exactly,
            Function<PolicyRegistry, T> work,
            BiConsumer<T, Map<String, Object>> describe) {
        return path.run(operation, new Task<T>() {
            private Map<String, Object> committed = Map.of();

            @Override
            public Map<String, Object> exactly() {
                PolicyRegistry now = registry;
                committed = now == null ? Map.of() : exactly.apply(now);
                return committed;
            }

            @Override
            public T perform(Permit permit, Meter meter) {
                PolicyRegistry now = registry;
                if (now == null) {
                    throw Services.missing("policies", "policy registry");
                }
                if (!exactly.apply(now).equals(committed)) {
                    throw new OperationException(
                            Kind.INVALID,
                            "policy_changed",
                            "Another policy came into force or was installed while this was asked, so nothing was "
                                    + "done. Look at the policies and ask again.");
                }
                try {
                    return work.apply(now);
                } catch (PolicyException e) {
                    throw refused(e);
                }
            }

            @Override
            public void describe(T result, Map<String, Object> members) {
                describe.accept(result, members);
            }
        });
    }

    private static OperationException refused(PolicyException e) {
        return switch (e.kind()) {
            case UNKNOWN -> new OperationException(Kind.NOT_FOUND, "policy_not_found", e.getMessage(), POLICY, e);
            case REFUSED -> new OperationException(Kind.INVALID, "policy_refused", e.getMessage(), POLICY, e);
            case TESTS_FAILED -> new OperationException(Kind.INVALID, "policy_tests_failed", e.getMessage(), POLICY, e);
            case NOTHING_BEFORE ->
                new OperationException(Kind.INVALID, "nothing_to_roll_back", e.getMessage(), null, e);
            case STORAGE -> new OperationException(Kind.UNAVAILABLE, "storage-failed", e.getMessage(), null, e);
        };
    }

    private static Operation operation(
            String name, Caller caller, Operation.Effect effect, Map<String, Object> request) {
        return new Operation(GROUP + name, caller, Answers.DEFAULT_PURPOSE, effect, request);
    }

    private static Map<String, Object> named(String name, String version) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put(POLICY, Requests.name(POLICY, name));
        request.put("version", Requests.name("version", version));
        return request;
    }
}
