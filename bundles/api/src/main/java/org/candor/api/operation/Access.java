package org.candor.api.operation;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.candor.api.access.AccessKey;
import org.candor.api.access.UserAccount;

/**
 * Operations {@code admin.access.*} and {@code access.password}: users, keys, passwords. Callers of the operator's tenant
 * ({@link Caller#OPERATOR_TENANT}) administer every tenant, others their own. Every method throws {@link
 * OperationException}. Thread safe.
 */
public interface Access {

    /**
     * @param user as it is now
     * @param password the first password, shown this once, or null where none was made
     * @param evidence its log entry is durable
     */
    record UserChange(UserAccount user, String password, Evidence evidence) {}

    /**
     * @param key as it is now
     * @param secret the key itself, shown this once, or null where none was made
     * @param evidence its log entry is durable
     */
    record KeyChange(AccessKey key, String secret, Evidence evidence) {}

    /** Operation {@code admin.access.list}. */
    List<UserAccount> users(Caller caller);

    /**
     * Operation {@code admin.access.user-create}.
     *
     * @param tenant or null for the caller's
     * @param roles at least one
     */
    UserChange createUser(Caller caller, String name, String tenant, Set<String> roles);

    /** Operation {@code admin.access.user-roles}. */
    UserChange setRoles(Caller caller, String name, Set<String> roles);

    /** Operation {@code admin.access.user-remove}. */
    Evidence removeUser(Caller caller, String name);

    /** Operation {@code admin.access.password}: a new first password, which the user has to change. */
    UserChange resetPassword(Caller caller, String name);

    /** Operation {@code admin.access.password}: sets a password. */
    Evidence setPassword(Caller caller, String name, String password);

    /** Operation {@code access.password}: the caller's own. The surface has made sure that the caller knows the old one. */
    Evidence changeOwnPassword(Caller caller, String password);

    /** Operation {@code admin.access.list}. */
    List<AccessKey> keys(Caller caller);

    /**
     * Operation {@code admin.access.key-create}.
     *
     * @param tenant or null for the caller's
     * @param roles at least one
     * @param expires in the future, or null
     */
    KeyChange createKey(Caller caller, String name, String tenant, Set<String> roles, Instant expires);

    /**
     * Operation {@code admin.access.key-revoke}.
     *
     * @param id or name of the key
     */
    KeyChange revokeKey(Caller caller, String id);
}
