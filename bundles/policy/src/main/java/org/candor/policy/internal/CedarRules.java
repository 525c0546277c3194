package org.candor.policy.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;
import org.candor.policy.internal.cedar.CompiledPolicies;
import org.candor.policy.internal.cedar.Evaluator;
import org.candor.policy.internal.cedar.Verdict;

/**
 * A policy pack in force: Cedar decides, annotations say what comes with it. Every permit that holds adds its
 * obligations. A forbid gives its annotation {@code reason} as the code; where nothing permits, the code says what would
 * have to be different: the role, the purpose, or the policy.
 */
final class CedarRules implements Policy {

    /** The code of a forbid without an annotation. */
    static final String FORBIDDEN = "forbidden";

    /** The code of a request that more than one model is to serve. */
    static final String CONFLICT = "obligations-conflict";

    /** A policy that cannot be evaluated on a request neither permits nor forbids; a forbid must not vanish that way. */
    static final String FAILED = "policy-failed";

    private final PolicyPack pack;
    private final Evaluator evaluator;

    CedarRules(PolicyPack pack, Evaluator evaluator) {
        this.pack = pack;
        this.evaluator = evaluator;
    }

    @Override
    public PolicyId id() {
        return pack.id();
    }

    /** Whether compiled policies decide, and not Cedar's own core. */
    boolean isCompiled() {
        return evaluator instanceof CompiledPolicies;
    }

    PolicyPack pack() {
        return pack;
    }

    private Verdict verdict(PolicyRequest request) {
        return evaluator.evaluate(Requests.situation(request));
    }

    @Override
    public Decision decide(PolicyRequest request) {
        Verdict verdict = verdict(request);
        for (String failing : verdict.failing()) {
            if (!pack.rule(failing).permits()) {
                return denied(FAILED, request, Map.of(), verdict.failing());
            }
        }
        if (!verdict.permitted()) {
            return verdict.determining().isEmpty()
                    ? notPermitted(request)
                    : denied(reason(verdict.determining()), request, Map.of(), verdict.determining());
        }
        Set<Obligation> obligations = new LinkedHashSet<>();
        Set<String> models = new TreeSet<>();
        for (String id : new TreeSet<>(verdict.determining())) {
            for (Obligation obligation : pack.rule(id).obligations()) {
                obligations.add(obligation);
                if (obligation instanceof Obligation.RouteModel route) {
                    models.add(route.model());
                }
            }
        }
        if (models.size() > 1) {
            return denied(CONFLICT, request, Map.of(), verdict.determining());
        }
        return decision(true, RolePolicy.PERMITTED, request, Map.of(), List.copyOf(obligations), verdict.determining());
    }

    private String reason(Set<String> forbids) {
        return pack.rules().stream()
                .filter(rule -> forbids.contains(rule.id()))
                .map(PolicyPack.Rule::reason)
                .findFirst()
                .orElse(FORBIDDEN);
    }

    /** Nothing permits it: finds what would. Costs some evaluations, on refusals only. */
    private Decision notPermitted(PolicyRequest request) {
        PolicyRequest byAll = Requests.withRoles(request, ConfigurationSource.ROLES);
        if (verdict(byAll).permitted()) {
            return roleMissing(request, request);
        }
        List<String> purposes = new ArrayList<>();
        PolicyRequest forPurpose = null;
        for (String purpose : pack.purposes()) {
            if (verdict(Requests.withPurpose(request, purpose)).permitted()) {
                purposes.add(purpose);
            } else if (forPurpose == null
                    && verdict(Requests.withPurpose(byAll, purpose)).permitted()) {
                forPurpose = Requests.withPurpose(request, purpose);
            }
        }
        if (!purposes.isEmpty()) {
            return denied(
                    RolePolicy.PURPOSE_NOT_PERMITTED,
                    request,
                    Map.of("purposes", String.join(", ", purposes)),
                    Set.of());
        }
        return forPurpose != null
                ? roleMissing(request, forPurpose)
                : denied(RolePolicy.NO_RULE, request, Map.of(), Set.of());
    }

    private Decision roleMissing(PolicyRequest request, PolicyRequest asked) {
        Set<String> roles = new TreeSet<>();
        for (String role : ConfigurationSource.ROLES) {
            if (verdict(Requests.withRoles(asked, Set.of(role))).permitted()) {
                roles.add(role);
            }
        }
        return denied(RolePolicy.ROLE_MISSING, request, Map.of("roles", String.join(", ", roles)), Set.of());
    }

    private Decision denied(String code, PolicyRequest request, Map<String, String> facts, Set<String> determining) {
        return decision(false, code, request, facts, List.of(), determining);
    }

    private Decision decision(
            boolean permitted,
            String code,
            PolicyRequest request,
            Map<String, String> facts,
            List<Obligation> obligations,
            Set<String> determining) {
        Map<String, String> all = new LinkedHashMap<>(facts);
        all.put("operation", request.operation());
        all.put("purpose", request.purpose());
        all.put(
                "held",
                request.caller().roles().isEmpty()
                        ? "-"
                        : String.join(", ", new TreeSet<>(request.caller().roles())));
        Map<String, String> messages =
                permitted ? pack.permitted() : pack.messages().of(code, all);
        return new Decision(
                permitted,
                code,
                messages.get("en"),
                obligations,
                pack.id(),
                messages,
                determining.stream().sorted().toList());
    }
}
