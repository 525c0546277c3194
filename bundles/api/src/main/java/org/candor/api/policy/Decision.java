package org.candor.api.policy;

import java.util.List;
import java.util.Map;

/**
 * @param permitted whether the operation may go on
 * @param code stable reason code, for example {@code permitted} or {@code role-missing}
 * @param message the reason in a sentence
 * @param obligations what must be done for the permit to hold
 * @param policy that decided
 * @param messages the reason by language ({@code en}, {@code zh}); empty where the policy has only {@code message}
 * @param determining identifiers of the rules that made it so; empty where none permits
 */
public record Decision(
        boolean permitted,
        String code,
        String message,
        List<Obligation> obligations,
        PolicyId policy,
        Map<String, String> messages,
        List<String> determining) {
    public Decision {
        obligations = List.copyOf(obligations);
        messages = Map.copyOf(messages);
        determining = List.copyOf(determining);
    }

    /** A decision with a message in one language only. */
    public Decision(boolean permitted, String code, String message, List<Obligation> obligations, PolicyId policy) {
        this(permitted, code, message, obligations, policy, Map.of(), List.of());
    }
}
