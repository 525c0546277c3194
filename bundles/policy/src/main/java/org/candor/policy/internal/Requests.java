package org.candor.policy.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Caller;
import org.candor.api.policy.PolicyRequest;
import org.candor.policy.internal.cedar.CedarEntity;
import org.candor.policy.internal.cedar.EntityId;
import org.candor.policy.internal.cedar.Situation;

/**
 * Requests as Cedar sees them: the principal {@code User::"subject"} with the attributes subject and tenant, a member of
 * {@code Role::"viewer"} and so on; the action {@code Action::"admin.consent.list"}, a member of
 * {@code Action::"admin.consent.*"}, {@code Action::"admin.*"} and {@code Action::"*"}; the resource
 * {@code Tenant::"default"}; and a context of the purpose and of what else is known.
 */
final class Requests {

    private static final String ACTION = "Action";

    private Requests() {}

    static Situation situation(PolicyRequest request) {
        Caller caller = request.caller();
        Set<EntityId> roles = new HashSet<>();
        for (String role : caller.roles()) {
            if (ConfigurationSource.ROLES.contains(role)) {
                roles.add(new EntityId("Role", role));
            }
        }
        Map<String, Object> context = new HashMap<>(request.attributes());
        context.put("purpose", request.purpose());
        return new Situation(
                new CedarEntity(
                        new EntityId("User", caller.subject()),
                        Map.of("subject", caller.subject(), "tenant", caller.tenant()),
                        roles),
                action(request.operation()),
                new CedarEntity(new EntityId("Tenant", caller.tenant()), Map.of(), Set.of()),
                context);
    }

    private static CedarEntity action(String operation) {
        Set<EntityId> groups = new HashSet<>();
        for (String pattern : OperationPattern.covering(operation)) {
            if (!pattern.equals(operation)) {
                groups.add(new EntityId(ACTION, pattern));
            }
        }
        return new CedarEntity(new EntityId(ACTION, operation), Map.of(), groups);
    }

    static PolicyRequest withRoles(PolicyRequest request, Set<String> roles) {
        Caller caller = request.caller();
        return new PolicyRequest(
                new Caller(caller.subject(), caller.tenant(), roles),
                request.operation(),
                request.purpose(),
                request.attributes());
    }

    static PolicyRequest withPurpose(PolicyRequest request, String purpose) {
        return new PolicyRequest(request.caller(), request.operation(), purpose, request.attributes());
    }

    /** Requests of every kind that matters: each operation by each role and by nobody, for each purpose. */
    static List<PolicyRequest> everyKind(Set<String> operations, Set<String> purposes) {
        List<Set<String>> holders = new ArrayList<>(List.of(Set.of(), ConfigurationSource.ROLES));
        ConfigurationSource.ROLES.forEach(role -> holders.add(Set.of(role)));
        List<PolicyRequest> requests = new ArrayList<>();
        for (String operation : operations) {
            for (String purpose : purposes) {
                for (Set<String> roles : holders) {
                    requests.add(
                            new PolicyRequest(new Caller("somebody", "default", roles), operation, purpose, Map.of()));
                }
            }
        }
        return requests;
    }
}
