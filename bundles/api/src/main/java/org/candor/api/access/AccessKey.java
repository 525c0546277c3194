package org.candor.api.access;

import java.time.Instant;
import java.util.Set;

/**
 * A program's key, without its secret.
 *
 * @param id by which it is revoked
 * @param name unique among users and keys of the server; the subject in whose name the program acts
 * @param tenant whose data the program works on
 * @param roles of viewer, operator, steward, auditor, approver, admin
 * @param created when
 * @param expires from when on it no longer counts, or null
 * @param lastUsed when it was used last, exact to a minute over restarts, or null
 */
public record AccessKey(
        String id, String name, String tenant, Set<String> roles, Instant created, Instant expires, Instant lastUsed) {
    public AccessKey {
        roles = Set.copyOf(roles);
    }
}
