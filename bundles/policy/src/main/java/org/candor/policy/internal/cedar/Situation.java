package org.candor.policy.internal.cedar;

import java.util.Map;

/**
 * One request as Cedar sees it. Where the policy's own entities know one of the three as well, both are joined: the
 * parents of both, and the attributes of both, those given here first.
 *
 * @param principal who asks
 * @param action what for an operation
 * @param resource on what
 * @param context further facts, values as in {@link CedarEntity#attributes()}
 */
public record Situation(CedarEntity principal, CedarEntity action, CedarEntity resource, Map<String, Object> context) {
    public Situation {
        context = Map.copyOf(context);
    }
}
