package org.candor.policy.internal;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PolicyId;
import org.candor.api.policy.PolicyRequest;

/** Roles and purposes for each operation; what no rule covers is denied. */
final class RolePolicy implements Policy {
    static final String ANY = "*";

    /** Reason codes; callers and dashboards rely on them, so they never change. */
    static final String PERMITTED = "permitted";

    static final String NO_RULE = "no-rule";
    static final String ROLE_MISSING = "role-missing";
    static final String PURPOSE_NOT_PERMITTED = "purpose-not-permitted";

    /** Who may do an operation and what for; {@code *} stands for any. */
    record Rule(Set<String> roles, Set<String> purposes) {
        Rule {
            roles = Set.copyOf(roles);
            purposes = Set.copyOf(purposes);
        }
    }

    private final PolicyId id;
    private final Map<String, Rule> rules;
    private final Map<String, List<Obligation>> obligations;

    RolePolicy(PolicyId id, Map<String, Rule> rules, Map<String, List<Obligation>> obligations) {
        this.id = id;
        this.rules = Map.copyOf(rules);
        this.obligations = Map.copyOf(obligations);
    }

    @Override
    public PolicyId id() {
        return id;
    }

    @Override
    public Decision decide(PolicyRequest request) {
        Optional<Rule> found = OperationPattern.mostSpecific(rules, request.operation());
        if (found.isEmpty()) {
            return denied(NO_RULE, "No rule of the policy covers the operation \"" + request.operation() + "\".");
        }
        Rule rule = found.get();
        if (!holdsOneOf(rule.roles(), request.caller().roles())) {
            return denied(
                    ROLE_MISSING,
                    "The operation \"%s\" needs one of the roles %s; %s."
                            .formatted(
                                    request.operation(),
                                    listed(rule.roles()),
                                    request.caller().roles().isEmpty()
                                            ? "the caller has none"
                                            : "the caller has "
                                                    + listed(request.caller().roles())));
        }
        if (!rule.purposes().contains(ANY) && !rule.purposes().contains(request.purpose())) {
            return denied(
                    PURPOSE_NOT_PERMITTED,
                    "The operation \"%s\" is not permitted for the purpose \"%s\"; it is for %s."
                            .formatted(request.operation(), request.purpose(), listed(rule.purposes())));
        }
        return new Decision(
                true,
                PERMITTED,
                "Permitted by role and purpose.",
                OperationPattern.mostSpecific(obligations, request.operation()).orElse(List.of()),
                id);
    }

    /** Those of the operations that no rule covers, so that nobody may do them. */
    List<String> uncovered(Collection<String> operations) {
        return operations.stream()
                .filter(operation ->
                        OperationPattern.mostSpecific(rules, operation).isEmpty())
                .toList();
    }

    private static boolean holdsOneOf(Set<String> wanted, Set<String> held) {
        if (wanted.contains(ANY)) {
            return held.stream().anyMatch(ConfigurationSource.ROLES::contains);
        }
        return held.stream().anyMatch(wanted::contains);
    }

    private Decision denied(String code, String message) {
        return new Decision(false, code, message, List.of(), id);
    }

    private static String listed(Collection<String> words) {
        return String.join(", ", new TreeSet<>(words));
    }
}
