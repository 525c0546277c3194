package org.candor.api.access;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.candor.api.operation.OperationException;

/**
 * Users and keys, durable; of passwords and keys it keeps hashes. Not governed by itself: callers come through {@link
 * org.candor.api.operation.Access}. A tenant of null means every tenant. Thread safe.
 */
public interface AccessRegister {

    /**
     * @param <T> what was made
     * @param made what was made
     * @param secret its password or key: known here only, and only now
     */
    record Issued<T>(T made, String secret) {}

    /** Users of a tenant, sorted by name. */
    List<UserAccount> users(String tenant);

    /**
     * Makes a user with a first password that has to be changed.
     *
     * @throws OperationException INVALID {@code name_taken}
     */
    Issued<UserAccount> createUser(String name, String tenant, Set<String> roles) throws IOException;

    /**
     * Gives a user other roles; they count from the next request on.
     *
     * @throws OperationException NOT_FOUND, or INVALID {@code last_admin} when nobody would be left to administer
     */
    UserAccount setRoles(String name, String tenant, Set<String> roles) throws IOException;

    /**
     * Sets a password; every session of the user ends.
     *
     * @throws OperationException NOT_FOUND
     */
    void setPassword(String name, String tenant, String password) throws IOException;

    /**
     * Gives a user a new first password, which has to be changed; every session of the user ends.
     *
     * @throws OperationException NOT_FOUND
     */
    Issued<UserAccount> resetPassword(String name, String tenant) throws IOException;

    /**
     * Removes a user; every session of the user ends.
     *
     * @throws OperationException NOT_FOUND, or INVALID {@code last_admin} when nobody would be left to administer
     */
    void removeUser(String name, String tenant) throws IOException;

    /** Keys of a tenant, expired ones too, sorted by name. */
    List<AccessKey> keys(String tenant);

    /**
     * Makes a key.
     *
     * @param expires or null
     * @throws OperationException INVALID {@code name_taken}
     */
    Issued<AccessKey> createKey(String name, String tenant, Set<String> roles, Instant expires) throws IOException;

    /**
     * Revokes a key: it no longer counts from the next request on.
     *
     * @param id or name of the key
     * @throws OperationException NOT_FOUND, or INVALID {@code command_line_key} for the key of the command line
     */
    AccessKey revokeKey(String id, String tenant) throws IOException;
}
