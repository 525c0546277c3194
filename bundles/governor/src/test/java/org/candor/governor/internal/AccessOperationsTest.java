package org.candor.governor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.api.access.AccessKey;
import org.candor.api.access.AccessRegister;
import org.candor.api.access.UserAccount;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.junit.jupiter.api.Test;

class AccessOperationsTest {

    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
    private static final Caller ACME = new Caller("ann", "acme", Set.of("admin"));
    private static final Caller OPERATOR = new Caller("admin", Caller.OPERATOR_TENANT, Set.of("admin"));

    private final World world = new World();
    private final FakeRegister register = new FakeRegister();
    private final AccessOperations access = access();

    private AccessOperations access() {
        AccessOperations operations = new AccessOperations(world.path(), Clock.fixed(NOW, ZoneOffset.UTC));
        operations.register = register;
        return operations;
    }

    private static OperationException refused(Runnable call) {
        return assertThrows(OperationException.class, call::run);
    }

    @Test
    void whoRunsTheServerReachesEveryTenantAndOthersTheirOwn() {
        access.users(OPERATOR);
        access.users(ACME);
        access.keys(ACME);
        access.setRoles(ACME, "bob", Set.of("viewer"));
        access.removeUser(ACME, "bob");
        access.revokeKey(ACME, "key-1");
        access.resetPassword(OPERATOR, "bob");
        assertEquals(
                List.of(
                        "users null",
                        "users acme",
                        "keys acme",
                        "setRoles bob acme",
                        "removeUser bob acme",
                        "revokeKey key-1 acme",
                        "resetPassword bob null"),
                register.calls);
    }

    @Test
    void anAccountIsMadeInTheOwnTenantUnlessWhoRunsTheServerSaysOtherwise() {
        assertEquals(
                "acme",
                access.createUser(ACME, "bob", null, Set.of("viewer")).user().tenant());
        assertEquals(
                "umbrella",
                access.createUser(OPERATOR, "eve", "umbrella", Set.of("viewer"))
                        .user()
                        .tenant());
        assertEquals(
                "tenant",
                refused(() -> access.createKey(ACME, "batch", "umbrella", Set.of("viewer"), null))
                        .parameter());
        assertEquals(2, register.calls.size());
    }

    @Test
    void secretsReachTheCallerOnceAndTheLogNever() {
        assertEquals(
                "first password",
                access.createUser(ACME, "bob-b", null, Set.of("viewer")).password());
        assertEquals(
                "candor-secret",
                access.createKey(ACME, "batch", null, Set.of("viewer"), NOW.plusSeconds(1))
                        .secret());
        access.setPassword(ACME, "bob-b", "correct horse battery");
        access.changeOwnPassword(ACME, "correct horse battery");
        assertNull(access.revokeKey(ACME, "batch").secret());
        assertEquals(10, world.log.entries.size(), "begun and done of each");
        // None of them can be a part of a digest by chance: those have no hyphen, or these are too long.
        for (int i = 0; i < world.log.entries.size(); i++) {
            String entry = world.log.text(i);
            for (String secret : List.of("first password", "candor-secret", "correct horse", "bob-b", "batch")) {
                assertFalse(entry.contains(secret), entry);
            }
        }
        assertTrue(register.calls.contains("setPassword ann acme"), "one's own");
    }

    @Test
    void whatIsNotPermittedIsNotDone() {
        world.policy.permits = false;
        refused(() -> access.createUser(ACME, "bob", null, Set.of("admin")));
        refused(() -> access.users(ACME));
        refused(() -> access.setPassword(ACME, "bob", "correct horse battery"));
        assertTrue(register.calls.isEmpty());
        assertEquals(3, world.log.entries.size(), "refusals are logged");
    }

    @Test
    void wrongRequestsNameWhatIsWrong() {
        assertEquals(
                "name",
                refused(() -> access.createUser(ACME, "a b", null, Set.of("viewer")))
                        .parameter());
        assertEquals(
                "roles",
                refused(() -> access.createUser(ACME, "bob", null, Set.of())).parameter());
        assertEquals(
                "roles",
                refused(() -> access.createUser(ACME, "bob", null, Set.of("root")))
                        .parameter());
        assertEquals("roles", refused(() -> access.setRoles(ACME, "bob", null)).parameter());
        assertEquals(
                "expires",
                refused(() -> access.createKey(ACME, "k", null, Set.of("viewer"), NOW))
                        .parameter());
        assertEquals(
                "password",
                refused(() -> access.setPassword(ACME, "bob", "short")).parameter());
        assertEquals(
                "password", refused(() -> access.changeOwnPassword(ACME, null)).parameter());
        assertTrue(world.log.entries.isEmpty());
    }

    @Test
    void withoutTheRegisterNothingIsDone() {
        access.register = null;
        assertEquals("access-missing", refused(() -> access.users(ACME)).code());
    }

    private static final class FakeRegister implements AccessRegister {
        final List<String> calls = new ArrayList<>();

        private static UserAccount user(String name, String tenant) {
            return new UserAccount(name, tenant, Set.of("viewer"), NOW, true, null);
        }

        private static AccessKey key(String name, String tenant) {
            return new AccessKey("key-1", name, tenant, Set.of("viewer"), NOW, null, null);
        }

        @Override
        public List<UserAccount> users(String tenant) {
            calls.add("users " + tenant);
            return List.of();
        }

        @Override
        public Issued<UserAccount> createUser(String name, String tenant, Set<String> roles) {
            calls.add("createUser " + name + " " + tenant);
            return new Issued<>(user(name, tenant), "first password");
        }

        @Override
        public UserAccount setRoles(String name, String tenant, Set<String> roles) {
            calls.add("setRoles " + name + " " + tenant);
            return user(name, tenant);
        }

        @Override
        public void setPassword(String name, String tenant, String password) {
            calls.add("setPassword " + name + " " + tenant);
        }

        @Override
        public Issued<UserAccount> resetPassword(String name, String tenant) {
            calls.add("resetPassword " + name + " " + tenant);
            return new Issued<>(user(name, "acme"), "first password");
        }

        @Override
        public void removeUser(String name, String tenant) {
            calls.add("removeUser " + name + " " + tenant);
        }

        @Override
        public List<AccessKey> keys(String tenant) {
            calls.add("keys " + tenant);
            return List.of();
        }

        @Override
        public Issued<AccessKey> createKey(String name, String tenant, Set<String> roles, Instant expires) {
            calls.add("createKey " + name + " " + tenant);
            return new Issued<>(key(name, tenant), "candor-secret");
        }

        @Override
        public AccessKey revokeKey(String id, String tenant) {
            calls.add("revokeKey " + id + " " + tenant);
            return key("batch", "acme");
        }
    }
}
