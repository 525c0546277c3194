package org.candor.api.operation;

import java.util.Set;

/**
 * Who asks: an explicit value, never thread context.
 *
 * @param subject the person or program, for example {@code cli}
 * @param tenant whose data
 * @param roles of viewer, operator, steward, auditor, approver, admin
 */
public record Caller(String subject, String tenant, Set<String> roles) {
    public Caller {
        roles = Set.copyOf(roles);
    }
}
