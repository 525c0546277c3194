package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.candor.api.access.AccessKey;
import org.candor.api.access.AccessRegister;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    private static final List<String> PUBLIC = List.of(
            "GET /health/live",
            "GET /health/ready",
            "GET /openapi.json",
            "GET /v1/log/checkpoint",
            "GET /v1/log/key",
            "GET /v1/log/x",
            "POST /admin/session");

    @TempDir
    Path folder;

    private static Map<String, String> basic(String user, String password) {
        return Map.of(
                "Authorization",
                "Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    private AccessStore store() throws IOException {
        return new AccessStore(folder, new SecureRandom(), Clock.systemUTC());
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name)).strip();
    }

    @Test
    void noTenantTakesTheAccountsOfAnother() throws IOException {
        // The first start has made two of the operator's.
        AccessStore store = new AccessStore(folder, new SecureRandom(), Clock.systemUTC(), new AccessStore.Most(8, 3));
        for (String key : List.of("a", "b", "c")) {
            store.createKey(key, "acme", Set.of("viewer"), null);
        }
        OperationException refused =
                assertThrows(OperationException.class, () -> store.createUser("d", "acme", Set.of("viewer")));
        assertEquals("too_many", refused.code());
        assertTrue(refused.getMessage().contains("\"acme\", at most 3"), refused.getMessage());
        store.createKey("e", "umbrella", Set.of("viewer"), null);
        store.createKey("f", "umbrella", Set.of("viewer"), null);
        refused =
                assertThrows(OperationException.class, () -> store.createKey("g", "umbrella", Set.of("viewer"), null));
        assertTrue(refused.getMessage().contains("all tenants but the operator's, at most 5"), refused.getMessage());
        store.createKey("h", Caller.OPERATOR_TENANT, Set.of("viewer"), null);
        assertThrows(
                OperationException.class, () -> store.createKey("i", Caller.OPERATOR_TENANT, Set.of("viewer"), null));
        store.revokeKey("a", null);
        store.createKey("j", "acme", Set.of("viewer"), null);
    }

    @Test
    void theFirstStartMakesAKeyAndAPasswordThatOnlyTheOwnerMayRead() throws IOException {
        store();
        for (String name : List.of("cli.key", "admin.password.once", "access.json")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))),
                    name);
        }
        String kept = read("access.json");
        assertFalse(kept.contains(read("cli.key")), "hashes only");
        assertFalse(kept.contains(read("admin.password.once")), "hashes only");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count(), "nothing half written is left");
        }
    }

    @Test
    void theNextStartKeepsBoth() throws IOException {
        store();
        String key = read("cli.key");
        String password = read("admin.password.once");
        AccessStore again = store();
        assertEquals("cli", again.caller(key).subject());
        assertTrue(again.user("admin").password().matches(password));
        assertNull(again.caller(key + "x"));
        assertNull(again.caller(""));
    }

    @Test
    void aLostKeyIsReplacedAndTheOldOneNoLongerCounts() throws IOException {
        store();
        String old = read("cli.key");
        Files.delete(folder.resolve("cli.key"));
        AccessStore again = store();
        assertNotEquals(old, read("cli.key"));
        assertNotNull(again.caller(read("cli.key")));
        assertNull(again.caller(old));
    }

    @Test
    void aStartThatDiedHalfWayIsAFirstStartAgain() throws IOException {
        store();
        Files.delete(folder.resolve("access.json"));
        AccessStore again = store();
        assertNotNull(again.caller(read("cli.key")));
        assertTrue(again.user("admin").password().matches(read("admin.password.once")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"v\":3,\"keys\":[],\"users\":[]}",
                "{\"v\":2,\"keys\":[],\"users\":[]}",
                "{\"v\":2,\"keys\":[],\"admin\":{}}",
                "{\"v\":1,\"keys\":[]}",
                "{\"v\":1,\"keys\":[{\"sha256\":\"zz\"}],\"admin\":{}}",
                "{\"v\":1,\"keys\":[],\"admin\":{\"kdf\":\"none\",\"iterations\":1,\"salt\":\"\",\"hash\":\"\"}}",
                "{\"v\":1,\"keys\":[],\"admin\":{\"kdf\":\"PBKDF2-HMAC-SHA512\",\"iterations\":2000000000,\"salt\":\"AA==\",\"hash\":\"AA==\"}}"
            })
    void aDamagedStoreLetsNobodyInAndSaysWhatToDo(String content) throws IOException {
        Files.writeString(folder.resolve("access.json"), content);
        IOException e = assertThrows(IOException.class, this::store);
        assertTrue(e.getMessage().contains("access.json"), e.getMessage());
        assertTrue(e.getMessage().contains("Restore it"), e.getMessage());
        assertEquals(content, Files.readString(folder.resolve("access.json")), "untouched");
    }

    @Test
    void everyRouteButThePublicOnesWantsAKey() throws IOException {
        try (Server server = new Server(folder)) {
            for (Router.Route route : server.gateway.router.routes()) {
                String path = "/" + String.join("/", route.pattern()).replaceAll("\\{[a-z.]+}", "x");
                boolean open =
                        Set.of(Router.Access.PUBLIC, Router.Access.WELCOME).contains(route.access());
                assertEquals(PUBLIC.contains(route.method() + " " + path), open, path);
                for (Map<String, String> headers : List.of(
                        Map.<String, String>of(),
                        Map.of("Authorization", "Bearer wrong"),
                        Map.of("Authorization", "Bearer "),
                        Map.of("Authorization", "Bearer " + "x".repeat(100_000)),
                        Map.of("Authorization", "Digest x"),
                        Map.of("Authorization", server.key()))) {
                    Server.Reply reply = server.call(route.method(), path, "{}", headers);
                    if (open) {
                        assertNotEquals(401, reply.status(), path);
                    } else {
                        assertEquals(401, reply.status(), route.method() + " " + path + " " + headers);
                        assertEquals("authentication_error", reply.error().get("type"));
                        assertTrue(reply.response().headers().containsKey("WWW-Authenticate"));
                    }
                }
                Server.Reply known =
                        server.call(route.method(), path, "{}", Map.of("Authorization", "bearer " + server.key()));
                assertNotEquals(401, known.status(), path);
            }
            assertTrue(server.calls.stream().noneMatch(call -> call.startsWith("erase")));
        }
    }

    @Test
    void theAdminPasswordOpensAdministrationOnly() throws IOException {
        try (Server server = new Server(folder)) {
            Map<String, String> first = basic("admin", server.password());
            assertEquals(
                    "password_change_required",
                    server.call("GET", "/admin/consent", null, first).code());
            server.store.setPassword("admin", null, "correct horse battery");
            Map<String, String> right = basic("admin", "correct horse battery");
            assertEquals(200, server.call("GET", "/admin/consent", null, right).status());
            assertEquals("admin", server.lastCaller.subject());
            assertEquals(401, server.call("GET", "/v1/models", null, right).status());
            assertEquals(
                    401,
                    server.call("GET", "/admin/consent", null, basic("root", "correct horse battery"))
                            .status());
            assertEquals(
                    401,
                    server.call("GET", "/admin/consent", null, basic("admin", "wrong"))
                            .status());
            assertEquals(
                    401,
                    server.call("GET", "/admin/consent", null, Map.of("Authorization", "Basic !"))
                            .status());
        }
    }

    @Test
    void aNewPasswordReplacesTheOldOneAndTheFileThatHeldIt() throws IOException {
        try (Server server = new Server(folder)) {
            String old = server.password();
            assertEquals(
                    204,
                    server.call("POST", "/admin/password", "{\"password\":\"correct 马 battery\"}")
                            .status());
            assertEquals(List.of("setPassword admin"), server.calls, "a governed operation");
            assertFalse(Files.exists(folder.resolve("admin.password.once")));
            assertEquals(
                    401,
                    server.call("GET", "/admin/consent", null, basic("admin", old))
                            .status());
            assertEquals(
                    200,
                    server.call("GET", "/admin/consent", null, basic("admin", "correct 马 battery"))
                            .status());
        }
        assertTrue(store().user("admin").password().matches("correct 马 battery"), "kept over a restart");
    }

    @Test
    void aPasswordThatMayNotBeChangedStays() throws IOException {
        try (Server server = new Server(folder)) {
            server.failure = OperationException.denied("role-missing", "No.", Server.EVIDENCE);
            assertEquals(
                    403,
                    server.call("POST", "/admin/password", "{\"password\":\"correct horse\"}")
                            .status());
        }
        assertTrue(store().user("admin").password().matches(read("admin.password.once")));
    }

    @Test
    void wrongPasswordsInARowHaveToWaitAndTheRightOneEndsIt() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Passwords passwords = new Passwords(store(), new SecureRandom(), nanos::get);
        String right = read("admin.password.once");
        for (int i = 0; i < 5; i++) {
            assertEquals(401, status(passwords, "wrong", "a"));
        }
        assertEquals(429, status(passwords, "wrong", "a"));
        assertEquals(429, status(passwords, right, "a"), "guessing right does not pass by");
        nanos.addAndGet(2_000_000_000L);
        assertEquals(401, status(passwords, "wrong", "a"));
        nanos.addAndGet(1_000_000_000L);
        assertEquals(429, status(passwords, right, "a"), "each further try waits longer");
        nanos.addAndGet(60_000_000_000L);
        assertEquals(200, status(passwords, right, "a"));
        assertEquals(401, status(passwords, "wrong", "a"));
        assertEquals(200, status(passwords, right, "a"));
    }

    @Test
    void aPasswordThatIsRememberedTellsAGuesserNothingEither() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Passwords passwords = new Passwords(store(), new SecureRandom(), nanos::get);
        String right = read("admin.password.once");
        assertEquals(200, status(passwords, right, "a"));
        for (int i = 0; i < 5; i++) {
            assertEquals(401, status(passwords, "wrong", "a"));
        }
        assertEquals(429, status(passwords, "wrong", "a"));
        assertEquals(429, status(passwords, right, "a"), "as for every other one");
        assertEquals(200, status(passwords, right, "b"), "who comes from elsewhere does not wait");
        nanos.addAndGet(60_000_000_000L);
        assertEquals(200, status(passwords, right, "a"));
    }

    @Test
    void fewPasswordChecksWaitWhereverTheyComeFrom() throws Exception {
        CountDownLatch leave = new CountDownLatch(1);
        Passwords passwords = new Passwords(store(), new SecureRandom(), () -> {
            try {
                leave.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 0;
        });
        List<Thread> guessers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String address = "address " + i;
            guessers.add(Thread.ofPlatform().daemon().start(() -> status(passwords, "wrong", address)));
        }
        // Two hold on after their check, the others wait for a place.
        for (Thread guesser : guessers) {
            while (guesser.getState() != Thread.State.WAITING && guesser.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        assertEquals(429, status(passwords, "wrong", "one more address"));
        leave.countDown();
        for (Thread guesser : guessers) {
            guesser.join();
        }
        assertEquals(401, status(passwords, "wrong", "one more address"), "places are given back");
    }

    @Test
    void whoAdministersOneTenantChangesNoAccountOfAnother() throws IOException {
        AccessStore store = store();
        String password = store.createUser("ann", "acme", Set.of("viewer")).secret();
        String secret = store.createKey("batch", "acme", Set.of("viewer"), null).secret();
        String kept = read("access.json");
        String id = store.keys("acme").getFirst().id();
        for (Executable change : List.<Executable>of(
                () -> store.resetPassword("ann", "umbrella"),
                () -> store.setPassword("ann", "umbrella", "correct horse battery"),
                () -> store.setRoles("ann", "umbrella", Set.of("admin")),
                () -> store.removeUser("ann", "umbrella"),
                () -> store.resetPassword("admin", "acme"),
                () -> store.revokeKey("batch", "umbrella"),
                () -> store.revokeKey(id, "umbrella"),
                () -> store.revokeKey("cli", "acme"))) {
            OperationException refused = assertThrows(OperationException.class, change);
            assertEquals(OperationException.Kind.NOT_FOUND, refused.kind());
        }
        assertEquals(kept, read("access.json"));
        assertTrue(store.user("ann").password().matches(password));
        assertEquals("batch", store.caller(secret).subject());
        assertEquals(List.of(), store.users("umbrella"));
        assertEquals(List.of(), store.keys("umbrella"));
        store.revokeKey(id, "acme");
        assertNull(store.caller(secret));
    }

    @Test
    void aChangeIsForcedWithTheFolderThatNamesItsFile() throws IOException {
        Path file = folder.resolve("access.json");
        List<String> forced = new ArrayList<>();
        PrivateFile.write(file, new byte[] {'1'}, parent -> forced.add(parent + " " + Files.readString(file)));
        assertEquals(List.of(folder + " 1"), forced, "after the file has its name");
        PrivateFile.write(file, new byte[] {'2'});
        assertEquals("2", Files.readString(file));
    }

    @Test
    void whoGuessesElsewhereLocksNobodyOut() throws IOException {
        Passwords passwords = new Passwords(store(), new SecureRandom(), () -> 0);
        for (int i = 0; i < 6; i++) {
            status(passwords, "wrong", "attacker");
        }
        assertEquals(429, status(passwords, "wrong", "attacker"));
        assertEquals(200, status(passwords, read("admin.password.once"), "owner"));
    }

    private static int status(Passwords passwords, String password, String address) {
        try {
            passwords.check("admin", password, address);
            return 200;
        } catch (ApiError e) {
            return e.status();
        }
    }

    @Test
    void foreignPagesAndReboundNamesAreRefused() throws IOException {
        try (Server server = new Server(folder, "other.example, candor.example")) {
            for (String host : List.of("localhost", "LOCALHOST:8181", "127.0.0.1:1", "[::1]:8181", "candor.example")) {
                assertEquals(
                        200,
                        server.call("GET", "/health/live", null, Map.of("Host", host))
                                .status(),
                        host);
            }
            for (String host : List.of("evil.example", "localhost.evil.example:8181", "10.0.0.1", "", "[::2]")) {
                Server.Reply reply = server.call("GET", "/health/live", null, Map.of("Host", host));
                assertEquals(403, reply.status(), host);
                assertEquals("host_not_allowed", reply.code());
            }
            for (String origin : List.of("http://evil.example", "null", "http://localhost:9999", "::")) {
                assertEquals(
                        "cross_origin",
                        server.call("GET", "/health/live", null, Map.of("Origin", origin))
                                .code(),
                        origin);
            }
            assertEquals(
                    200,
                    server.call("GET", "/health/live", null, Map.of("Origin", "http://localhost:8181"))
                            .status());
            assertEquals(
                    403,
                    server.call("GET", "/health/live", null, Map.of("Sec-Fetch-Site", "cross-site"))
                            .status());
        }
    }

    @Test
    void theKeyIsRandomAndThePasswordReadable() {
        SecureRandom random = new SecureRandom();
        assertTrue(Credentials.newKey(random).matches("candor-[A-Za-z0-9_-]{43}"));
        assertNotEquals(Credentials.newKey(random), Credentials.newKey(random));
        assertTrue(Credentials.newPassword(random).matches("[a-z2-9]{20}"));
    }

    @Test
    void aClockThatJumpsEndsKeysByTheCalendarAndNoSession() throws IOException {
        Instant noon = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        AtomicReference<Instant> time = new AtomicReference<>(noon);
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return time.get();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
        AccessStore store = new AccessStore(folder, new SecureRandom(), clock);
        AccessRegister.Issued<AccessKey> made =
                store.createKey("a month", Caller.OPERATOR_TENANT, Set.of("viewer"), noon.plus(Duration.ofDays(30)));
        store.setPassword("admin", null, "correct horse battery");
        AtomicLong nanos = new AtomicLong();
        Sessions sessions =
                new Sessions(store, new SecureRandom(), nanos::get, Duration.ofMinutes(30), Duration.ofHours(12));
        Map<String, String> headers = new TreeMap<>(Map.of("Host", "localhost:8181"));
        Request request = new Request("r", "GET", "/", null, headers::get, "127.0.0.1", false, new byte[0]);
        headers.put(
                "Cookie", sessions.begin(request, store.user("admin")).cookie().split(";")[0]);
        for (Instant jump : List.of(noon.minusSeconds(3_600), noon.plus(Duration.ofDays(365)), noon)) {
            time.set(jump);
            boolean expired = jump.isAfter(noon.plus(Duration.ofDays(30)));
            assertEquals(expired, store.caller(made.secret()) == null, jump.toString());
            assertNotNull(sessions.of(request), jump.toString());
        }
        nanos.set(Duration.ofMinutes(31).toNanos());
        assertNull(sessions.of(request), "it ends by the time that has passed");
        store.close();
    }
}
