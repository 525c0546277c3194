package org.candor.api.operation;

import java.util.Set;

/**
 * Who asks: an explicit value, never thread context.
 *
 * @param subject the person or program, for example {@code cli}
 * @param tenant whose data
 * @param roles of {@link #ROLES}
 */
public record Caller(String subject, String tenant, Set<String> roles) {

    /** Every role there is. */
    public static final Set<String> ROLES = Set.of("viewer", "operator", "steward", "auditor", "approver", "admin");

    /** Whose people run the server: models, policies, the library's folder and other tenants are theirs. */
    public static final String OPERATOR_TENANT = "default";

    public Caller {
        roles = Set.copyOf(roles);
    }

    /** Whether the caller belongs to those who run the server. */
    public boolean ofOperator() {
        return tenant.equals(OPERATOR_TENANT);
    }

    /**
     * Whether the caller is one of those who keep the server running. They see what is missing while what would decide about
     * that is missing itself.
     */
    public boolean operates() {
        return ofOperator() && (roles.contains("operator") || roles.contains("admin"));
    }
}
