package org.candor.policy.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyReplay;

/** Makes recorded decisions again with another policy and counts what is different. */
final class Replay {

    private record Kind(
            String operation,
            String purpose,
            Set<String> roles,
            PolicyReplay.Outcome before,
            PolicyReplay.Outcome after) {}

    private static final class Count {
        int decisions;
        final Set<String> callers = new HashSet<>();
        Instant last;
    }

    private Replay() {}

    static PolicyReplay of(Policy policy, List<DecisionJournal.Made> made, int most) {
        int permitToDeny = 0;
        int denyToPermit = 0;
        int otherwise = 0;
        Map<Kind, Count> counts = new LinkedHashMap<>();
        for (DecisionJournal.Made one : made) {
            Decision decision = policy.decide(one.request());
            PolicyReplay.Outcome after = new PolicyReplay.Outcome(
                    decision.permitted(), decision.code(), ObligationText.texts(decision.obligations()));
            PolicyReplay.Outcome before = one.outcome();
            if (after.equals(before)) {
                continue;
            }
            if (before.permitted() == after.permitted()) {
                otherwise++;
            } else if (before.permitted()) {
                permitToDeny++;
            } else {
                denyToPermit++;
            }
            Kind kind = new Kind(
                    one.request().operation(),
                    one.request().purpose(),
                    one.request().caller().roles(),
                    before,
                    after);
            Count count = counts.computeIfAbsent(kind, key -> new Count());
            count.decisions++;
            count.callers.add(one.request().caller().tenant() + "/" + one.caller());
            count.last = one.time();
        }
        List<PolicyReplay.Difference> differences = new ArrayList<>();
        counts.forEach((kind, count) -> differences.add(new PolicyReplay.Difference(
                kind.operation(),
                kind.purpose(),
                kind.roles(),
                count.decisions,
                count.callers.size(),
                kind.before(),
                kind.after(),
                count.last)));
        differences.sort(Comparator.comparingInt(PolicyReplay.Difference::count).reversed());
        return new PolicyReplay(
                policy.id(),
                made.size(),
                made.isEmpty() ? null : made.getFirst().time(),
                permitToDeny,
                denyToPermit,
                otherwise,
                differences.size() <= most ? differences : differences.subList(0, most));
    }
}
