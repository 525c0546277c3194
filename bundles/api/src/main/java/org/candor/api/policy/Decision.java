package org.candor.api.policy;

import java.util.List;

/**
 * @param permitted whether the operation may go on
 * @param code stable reason code, for example {@code permitted} or {@code role-missing}
 * @param message the reason in a sentence
 * @param obligations what must be done for the permit to hold
 * @param policy that decided
 */
public record Decision(boolean permitted, String code, String message, List<Obligation> obligations, PolicyId policy) {
    public Decision {
        obligations = List.copyOf(obligations);
    }
}
