package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Policies;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyCandidate;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyReplay;
import org.candor.api.policy.PolicyTests;

/** Which policy decides, which ones could, and what they would change. */
final class PolicyRoutes {

    private static final String POLICY = "policy";
    private static final String VERSION = "version";
    private static final String REASON = "reason";
    private static final int REPLAYED = 1_000;

    private final Backends backends;

    private PolicyRoutes(Backends backends) {
        this.backends = backends;
    }

    static void add(Router router, Backends backends, Limits limits) {
        PolicyRoutes routes = new PolicyRoutes(backends);
        router.add(
                "GET",
                "/admin/policies",
                Router.Access.ADMIN,
                Router.On.WORKER,
                (request, caller, path) -> routes.list(caller));
        router.add(
                "POST",
                "/admin/policies/test",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.test(request, caller));
        router.add(
                "POST",
                "/admin/policies/replay",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.replay(request, caller));
        router.add(
                "POST",
                "/admin/policies/activate",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.activate(request, caller));
        router.add(
                "POST",
                "/admin/policies/rollback",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.rollBack(request, caller));
    }

    private Policies policies() {
        return Backends.need(backends.policies(), "policy service");
    }

    private Response list(Caller caller) {
        Policies.Overview overview = policies().list(caller);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("active", overview.active() == null ? null : activation(overview.active()));
        json.put(
                "data",
                overview.candidates().stream().map(PolicyRoutes::candidate).toList());
        json.put(
                "history",
                overview.history().stream().map(PolicyRoutes::activation).toList());
        return Response.json(200, json);
    }

    private Response test(Request request, Caller caller) {
        Members body = Bodies.json(request, POLICY, VERSION);
        PolicyTests tests = policies().test(caller, body.neededString(POLICY), body.neededString(VERSION));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(POLICY, id(tests.policy()));
        json.put("passed", tests.failures().isEmpty());
        json.put("run", tests.run());
        json.put(
                "failures", tests.failures().stream().map(PolicyRoutes::failure).toList());
        return Response.json(200, json);
    }

    private Response replay(Request request, Caller caller) {
        Members body = Bodies.json(request, POLICY, VERSION, "decisions");
        PolicyReplay replay = policies()
                .replay(
                        caller,
                        body.neededString(POLICY),
                        body.neededString(VERSION),
                        body.integer("decisions", REPLAYED));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(POLICY, id(replay.policy()));
        json.put("replayed", replay.replayed());
        json.put("from", replay.from() == null ? null : replay.from().toString());
        json.put("permitToDeny", replay.permitToDeny());
        json.put("denyToPermit", replay.denyToPermit());
        json.put("otherwise", replay.otherwise());
        json.put(
                "differences",
                replay.differences().stream().map(PolicyRoutes::difference).toList());
        return Response.json(200, json);
    }

    private Response activate(Request request, Caller caller) {
        Members body = Bodies.json(request, POLICY, VERSION, REASON);
        return changed(policies()
                .activate(caller, body.neededString(POLICY), body.neededString(VERSION), body.neededString(REASON)));
    }

    private Response rollBack(Request request, Caller caller) {
        Members body = Bodies.json(request, REASON);
        return changed(policies().rollBack(caller, body.neededString(REASON)));
    }

    private static Response changed(Policies.Change change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("activation", activation(change.activation()));
        json.put("evidence", Views.evidence(change.evidence()));
        return Response.json(200, json);
    }

    private static Map<String, Object> id(PolicyId id) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", id.name());
        json.put(VERSION, id.version());
        json.put("digest", id.digest());
        return json;
    }

    private static Map<String, Object> activation(PolicyActivation activation) {
        Map<String, Object> json = id(activation.policy());
        json.put("actor", activation.actor());
        json.put(REASON, activation.reason());
        json.put("time", activation.time().toString());
        return json;
    }

    private static Map<String, Object> candidate(PolicyCandidate candidate) {
        Map<String, Object> json = id(candidate.policy());
        json.put("state", candidate.state().name().toLowerCase(Locale.ROOT));
        json.put(REASON, candidate.reason());
        json.put("source", candidate.source());
        json.put("trust", candidate.trust());
        json.put("card", candidate.card());
        return json;
    }

    private static Map<String, Object> failure(PolicyTests.Failure failure) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("test", failure.test());
        json.put("expected", failure.expected());
        json.put("found", failure.found());
        return json;
    }

    private static Map<String, Object> difference(PolicyReplay.Difference difference) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("operation", difference.operation());
        json.put("purpose", difference.purpose());
        json.put("roles", new TreeSet<>(difference.roles()));
        json.put("count", difference.count());
        json.put("callers", difference.callers());
        json.put("before", outcome(difference.before()));
        json.put("after", outcome(difference.after()));
        json.put("last", difference.last().toString());
        return json;
    }

    private static Map<String, Object> outcome(PolicyReplay.Outcome outcome) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("decision", outcome.permitted() ? "permit" : "deny");
        json.put("code", outcome.code());
        json.put("obligations", outcome.obligations());
        return json;
    }
}
