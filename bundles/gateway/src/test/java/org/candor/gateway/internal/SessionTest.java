package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.candor.api.operation.OperationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {

    private static final String PASSWORD = "correct horse battery";

    @TempDir
    Path home;

    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = new Server(home);
        server.store.setPassword("admin", null, PASSWORD);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Server.Reply signIn(String user, String password) {
        return server.call(
                "POST", "/admin/session", "{\"user\":\"" + user + "\",\"password\":\"" + password + "\"}", Map.of());
    }

    /** Headers of a page's request: the cookie, and what lets it change things. */
    private static Map<String, String> page(Server.Reply signedIn) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Cookie", cookie(signedIn));
        headers.put("Origin", "http://localhost:8181");
        headers.put("X-Candor-CSRF", (String) signedIn.json().get("csrf"));
        return headers;
    }

    private static String cookie(Server.Reply reply) {
        return reply.response().headers().get("Set-Cookie").split(";")[0];
    }

    @Test
    void whoSignsInGetsACookieThatOnlyThisSiteMaySendAndNoScriptMayRead() {
        Server.Reply reply = signIn("admin", PASSWORD);
        assertEquals(200, reply.status());
        String cookie = reply.response().headers().get("Set-Cookie");
        assertTrue(cookie.matches("candor-session-8181=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict"), cookie);
        assertEquals("admin", reply.json().get("user"));
        assertEquals("default", reply.json().get("tenant"));
        assertEquals(List.of("admin"), reply.json().get("roles"));
        assertEquals(false, reply.json().get("mustChangePassword"));
        Server.Reply overTls = server.call(
                "POST",
                "/admin/session",
                "{\"user\":\"admin\",\"password\":\"" + PASSWORD + "\"}",
                Map.of("X-Test-Tls", "1"));
        assertTrue(overTls.response().headers().get("Set-Cookie").endsWith("; Secure"));
    }

    @Test
    void aSessionCountsWhereverAKeyCounts() {
        Map<String, String> page = page(signIn("admin", PASSWORD));
        assertEquals(200, server.call("GET", "/v1/models", null, page).status());
        assertEquals("admin", server.lastCaller.subject());
        assertEquals(
                200,
                server.call("POST", "/v1/answers", "{\"question\":\"q\"}", page).status());
        assertEquals(
                "admin", server.call("GET", "/admin/session", null, page).json().get("user"));
    }

    @Test
    void aSessionSaysWhatItsUserMayDo() throws IOException {
        assertEquals(
                Map.of("permitted", true, "obligations", List.of("mask-personal-data")),
                operations(signIn("admin", PASSWORD)).get("answer"));
        server.store.createUser("vera", "default", java.util.Set.of("viewer"));
        server.store.setPassword("vera", null, PASSWORD);
        Map<String, String> page = page(signIn("vera", PASSWORD));
        assertEquals(
                Map.of("permitted", false, "code", "role-missing", "messages", Map.of("en", "Not yours.", "zh", "不行。")),
                operations(server.call("GET", "/admin/session", null, page)).get("admin.backup.create"));
        server.ready = false;
        assertNull(server.call("GET", "/admin/session", null, page).json().get("operations"), "nobody can say");
        server.gateway.platform = null;
        assertNull(server.call("GET", "/admin/session", null, page).json().get("operations"));
    }

    private static Map<?, ?> operations(Server.Reply reply) {
        return (Map<?, ?>) reply.json().get("operations");
    }

    @Test
    void aCookieAloneChangesNothing() {
        Map<String, String> page = page(signIn("admin", PASSWORD));
        for (String without : List.of("Origin", "X-Candor-CSRF")) {
            Map<String, String> less = new HashMap<>(page);
            less.remove(without);
            Server.Reply refused = server.call("POST", "/admin/consent/grant", "{\"subject\":\"s\"}", less);
            assertEquals(403, refused.status(), without);
            assertEquals(without, refused.error().get("param"));
        }
        Map<String, String> wrong = new HashMap<>(page);
        wrong.put("X-Candor-CSRF", "x");
        assertEquals(
                "csrf_token",
                server.call("DELETE", "/v1/documents/a.md", null, wrong).code());
        wrong.put("X-Candor-CSRF", (String) signIn("admin", PASSWORD).json().get("csrf"));
        assertEquals(
                "csrf_token",
                server.call("DELETE", "/v1/documents/a.md", null, wrong).code(),
                "of another session");
        Map<String, String> foreign = new HashMap<>(page);
        foreign.put("Origin", "http://localhost:9999");
        assertEquals(
                "cross_origin",
                server.call("DELETE", "/v1/documents/a.md", null, foreign).code());
        assertTrue(server.calls.isEmpty());
        assertEquals(
                200, server.call("DELETE", "/v1/documents/a.md", null, page).status());
    }

    @Test
    void signingInAgainTakesAnotherTokenAndEndsTheSessionItCameWith() {
        Server.Reply first = signIn("admin", PASSWORD);
        Server.Reply second = server.call(
                "POST",
                "/admin/session",
                "{\"user\":\"admin\",\"password\":\"" + PASSWORD + "\"}",
                Map.of("Cookie", cookie(first)));
        assertNotEquals(cookie(first), cookie(second));
        assertEquals(
                "session_ended",
                server.call("GET", "/v1/models", null, page(first)).code());
        assertEquals(200, server.call("GET", "/v1/models", null, page(second)).status());
        assertEquals(401, signIn("admin", "wrong").status());
        assertNull(signIn("admin", "wrong").response().headers().get("Set-Cookie"));
    }

    @Test
    void aTokenThatNobodyGaveIsNotTakenOver() {
        Map<String, String> planted = Map.of("Cookie", "candor-session-8181=" + "x".repeat(43));
        assertEquals(401, server.call("GET", "/v1/models", null, planted).status());
        Server.Reply reply = server.call(
                "POST", "/admin/session", "{\"user\":\"admin\",\"password\":\"" + PASSWORD + "\"}", planted);
        assertNotEquals(planted.get("Cookie"), cookie(reply));
        Map<String, String> two = Map.of("Cookie", cookie(reply) + "; candor-session-8181=" + "x".repeat(43));
        assertEquals(401, server.call("GET", "/v1/models", null, two).status(), "of two, neither is believed");
    }

    @Test
    void whoSignsOutIsOut() {
        Map<String, String> page = page(signIn("admin", PASSWORD));
        Server.Reply out = server.call("DELETE", "/admin/session", null, page);
        assertEquals(204, out.status());
        assertTrue(out.response().headers().get("Set-Cookie").endsWith("; Max-Age=0"));
        assertEquals(401, server.call("GET", "/admin/session", null, page).status());
    }

    @Test
    void aFirstPasswordOpensNothingButItsChange() throws IOException {
        String first = server.store
                .createUser("ann", "default", java.util.Set.of("viewer"))
                .secret();
        Server.Reply reply = signIn("ann", first);
        assertEquals(true, reply.json().get("mustChangePassword"));
        Map<String, String> page = page(reply);
        Server.Reply refused = server.call("GET", "/v1/models", null, page);
        assertEquals(403, refused.status());
        assertEquals("password_change_required", refused.code());
        assertEquals(
                true, server.call("GET", "/admin/session", null, page).json().get("mustChangePassword"));
        String change = "{\"old\":\"" + first + "\",\"new\":\"another long one\"}";
        Server.Reply changed = server.call("POST", "/admin/session/password", change, page);
        assertEquals(200, changed.status());
        assertEquals("ann", server.lastCaller.subject());
        assertEquals(401, server.call("GET", "/v1/models", null, page).status(), "the old session");
        assertEquals(200, server.call("GET", "/v1/models", null, page(changed)).status());
    }

    @Test
    void aNewPasswordEndsEverySessionOfTheUserAndNobodyElses() throws IOException {
        server.store.createUser("ann", "default", java.util.Set.of("viewer"));
        server.store.setPassword("ann", null, PASSWORD);
        Map<String, String> one = page(signIn("ann", PASSWORD));
        Map<String, String> two = page(signIn("ann", PASSWORD));
        Map<String, String> other = page(signIn("admin", PASSWORD));
        assertEquals(
                204,
                server.call("POST", "/admin/password", "{\"user\":\"ann\",\"password\":\"yet another one\"}", other)
                        .status());
        assertEquals(401, server.call("GET", "/v1/models", null, one).status());
        assertEquals(401, server.call("GET", "/v1/models", null, two).status());
        assertEquals(200, server.call("GET", "/v1/models", null, other).status());
        server.call("DELETE", "/admin/users/ann", null, other);
        assertEquals(401, signIn("ann", "yet another one").status());
    }

    @Test
    void aWrongOldPasswordChangesNothing() {
        Map<String, String> page = page(signIn("admin", PASSWORD));
        Server.Reply reply = server.call(
                "POST", "/admin/session/password", "{\"old\":\"wrong\",\"new\":\"another long one\"}", page);
        assertEquals(400, reply.status());
        assertEquals("old", reply.error().get("param"));
        assertEquals(
                "new",
                server.call(
                                "POST",
                                "/admin/session/password",
                                "{\"old\":\"" + PASSWORD + "\",\"new\":\"" + PASSWORD + "\"}",
                                page)
                        .error()
                        .get("param"));
        server.failure = OperationException.denied("role-missing", "No.", Server.EVIDENCE);
        assertEquals(
                403,
                server.call(
                                "POST",
                                "/admin/session/password",
                                "{\"old\":\"" + PASSWORD + "\",\"new\":\"another long one\"}",
                                page)
                        .status());
        server.failure = null;
        assertEquals(200, server.call("GET", "/v1/models", null, page).status());
    }

    @Test
    void aKeyKnowsWhoItIsAndHasNoPassword() throws IOException {
        Map<String, Object> json = server.call("GET", "/admin/session", null).json();
        assertEquals("cli", json.get("user"));
        assertNull(json.get("csrf"));
        assertEquals(
                "not_a_user",
                server.call("POST", "/admin/session/password", "{\"old\":\"a\",\"new\":\"b\"}")
                        .code());
    }

    @Test
    void unusedAndOldSessionsEnd() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Sessions sessions = new Sessions(
                server.store, new SecureRandom(), nanos::get, Duration.ofMinutes(30), Duration.ofHours(12));
        Credentials.User admin = server.store.user("admin");
        Request idle = request(sessions.begin(request(null), admin).cookie());
        Request used = request(sessions.begin(request(null), admin).cookie());
        for (int minutes = 0; minutes < 12 * 60; minutes += 20) {
            assertNotNull(sessions.of(used), "after " + minutes + " minutes");
            if (minutes > 30) {
                assertNull(sessions.of(idle));
            }
            nanos.addAndGet(Duration.ofMinutes(20).toNanos());
        }
        nanos.addAndGet(1);
        assertNull(sessions.of(used), "after twelve hours");
    }

    @Test
    void oneUserHasABoundedNumberOfSessions() {
        AtomicLong nanos = new AtomicLong();
        Sessions sessions = new Sessions(
                server.store, new SecureRandom(), nanos::incrementAndGet, Duration.ofMinutes(30), Duration.ofHours(12));
        Credentials.User admin = server.store.user("admin");
        Request first = request(sessions.begin(request(null), admin).cookie());
        Request last = first;
        for (int i = 0; i < 40; i++) {
            last = request(sessions.begin(request(null), admin).cookie());
        }
        assertNull(sessions.of(first));
        assertNotNull(sessions.of(last));
    }

    private static Request request(String cookie) {
        Map<String, String> headers = cookie == null
                ? Map.of("Host", "localhost:8181")
                : Map.of("Host", "localhost:8181", "Cookie", cookie.split(";")[0]);
        return new Request("id", "GET", "/", null, headers::get, "127.0.0.1", false, new byte[0]);
    }

    @Test
    void usersAndKeysAreMadeAndTakenAway() throws IOException {
        Server.Reply made = server.call("POST", "/admin/users", "{\"name\":\"ann\",\"roles\":[\"steward\"]}");
        assertEquals(201, made.status());
        assertTrue(((String) made.json().get("password")).length() >= 12);
        assertEquals(
                "name_taken",
                server.call("POST", "/admin/users", "{\"name\":\"cli\",\"roles\":[\"viewer\"]}")
                        .code());
        assertEquals(
                List.of("viewer"),
                ((Map<?, ?>) server.call("PUT", "/admin/users/ann", "{\"roles\":[\"viewer\"]}")
                                .json()
                                .get("user"))
                        .get("roles"));
        assertEquals(
                "last_admin", server.call("DELETE", "/admin/users/admin", null).code());
        Server.Reply again = server.call("POST", "/admin/users/ann/password", null);
        assertNotEquals(made.json().get("password"), again.json().get("password"));
        assertEquals(401, signIn("ann", (String) made.json().get("password")).status());

        Server.Reply key = server.call(
                "POST",
                "/admin/keys",
                "{\"name\":\"batch\",\"roles\":[\"viewer\"],\"expires\":\"2999-01-01T00:00:00+08:00\"}");
        assertEquals(201, key.status());
        String secret = (String) key.json().get("secret");
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + secret);
        assertFalse(Files.readString(home.resolve("access.json")).contains(secret));
        Map<?, ?> shown = (Map<?, ?>) key.json().get("key");
        assertEquals("2998-12-31T16:00:00Z", shown.get("expires"));
        assertNull(shown.get("lastUsed"));
        assertEquals(200, server.call("GET", "/v1/models", null, bearer).status());
        assertEquals("batch", server.lastCaller.subject());
        assertNotNull(server.store.keys(null).getFirst().lastUsed());
        assertEquals(
                "command_line_key",
                server.call("DELETE", "/admin/keys/cli", null).code());
        assertEquals(
                200,
                server.call("DELETE", "/admin/keys/" + shown.get("id"), null).status());
        assertEquals(401, server.call("GET", "/v1/models", null, bearer).status());
        assertEquals(404, server.call("DELETE", "/admin/keys/batch", null).status());
    }

    @Test
    void usersKeysAndTheirLastUseOutliveARestart() throws IOException {
        String secret = server.store
                .createKey("batch", "acme", java.util.Set.of("viewer"), java.time.Instant.parse("2999-01-01T00:00:00Z"))
                .secret();
        server.store.createUser("ann", "acme", java.util.Set.of("steward"));
        server.store.caller(secret);
        server.store.close();
        AccessStore again = new AccessStore(home, new SecureRandom(), Clock.systemUTC());
        assertEquals(server.store.keys(null), again.keys(null));
        assertEquals(server.store.users(null), again.users(null));
        assertEquals("acme", again.caller(secret).tenant());
        assertTrue(again.user("ann").mustChange());
        assertEquals(1, again.users("acme").size());
        again.close();
        Clock later = Clock.fixed(java.time.Instant.parse("2999-01-01T00:00:00Z"), java.time.ZoneOffset.UTC);
        AccessStore expired = new AccessStore(home, new SecureRandom(), later);
        assertNull(expired.caller(secret));
        expired.close();
    }

    @Test
    void aStoreOfTheFirstFormatOpens(@TempDir Path old) throws IOException {
        for (String name : List.of("access.json", "cli.key")) {
            Files.write(
                    old.resolve(name),
                    SessionTest.class.getResourceAsStream("/home-v1/" + name).readAllBytes());
        }
        AccessStore store = new AccessStore(old, new SecureRandom(), Clock.systemUTC());
        String key = Files.readString(old.resolve("cli.key")).strip();
        assertEquals("cli", store.caller(key).subject());
        assertTrue(store.user("admin").password().matches("a password of the first format"));
        assertFalse(store.user("admin").mustChange());
        store.createUser("ann", "default", java.util.Set.of("viewer"));
        store.close();
        AccessStore again = new AccessStore(old, new SecureRandom(), Clock.systemUTC());
        assertEquals(2, again.users(null).size());
        assertEquals("cli", again.caller(key).subject());
        again.close();
    }
}
