package org.candor.api.access;

import java.time.Instant;
import java.util.Set;

/**
 * A person who signs in with a password.
 *
 * @param name unique among users and keys of the server
 * @param tenant whose data the person works on
 * @param roles of viewer, operator, steward, auditor, approver, admin
 * @param created when
 * @param mustChangePassword whether nothing else is allowed before the password was changed
 * @param lastSignIn when a session began last, or null
 */
public record UserAccount(
        String name,
        String tenant,
        Set<String> roles,
        Instant created,
        boolean mustChangePassword,
        Instant lastSignIn) {
    public UserAccount {
        roles = Set.copyOf(roles);
    }
}
