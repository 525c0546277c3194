package org.candor.api.policy;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What another policy would have decided.
 *
 * @param policy that decided again
 * @param replayed how many decisions
 * @param from time of the oldest of them, or null without any
 * @param permitToDeny how many would be denied that were permitted
 * @param denyToPermit how many would be permitted that were denied
 * @param otherwise how many would be decided alike, but with other obligations or another reason code
 * @param differences the same differences counted together, the most frequent first; at most 200
 */
public record PolicyReplay(
        PolicyId policy,
        int replayed,
        Instant from,
        int permitToDeny,
        int denyToPermit,
        int otherwise,
        List<Difference> differences) {

    /**
     * One kind of difference.
     *
     * @param operation for example {@code answer}
     * @param purpose what for
     * @param roles of the callers
     * @param count how many decisions
     * @param callers how many different callers
     * @param before decision, code and obligations as they were
     * @param after as they would be
     * @param last time of the newest
     */
    public record Difference(
            String operation,
            String purpose,
            Set<String> roles,
            int count,
            int callers,
            Outcome before,
            Outcome after,
            Instant last) {
        public Difference {
            roles = Set.copyOf(roles);
        }
    }

    /**
     * @param permitted whether the operation may go on
     * @param code stable reason code
     * @param obligations each as a policy writes it, for example {@code mask:email,phone}; sorted
     */
    public record Outcome(boolean permitted, String code, List<String> obligations) {
        public Outcome {
            obligations = List.copyOf(obligations);
        }
    }

    public PolicyReplay {
        differences = List.copyOf(differences);
    }
}
