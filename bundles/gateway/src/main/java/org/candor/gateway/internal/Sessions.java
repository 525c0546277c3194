package org.candor.gateway.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Sessions of people who signed in with a browser, in memory: a restart ends them all. A session is kept under the digest
 * of its token, belongs to the password that began it, and ends when it was not used for a while, when it is old, or when
 * the user's password changes. Thread safe.
 */
final class Sessions {

    private static final String COOKIE = "candor-session";
    private static final int MOST_OF_ONE_USER = 32;

    /** One session. */
    static final class Session {

        private final String user;
        private final Credentials.Password password;
        private final String csrf;
        private final long begun;
        private volatile long used;

        private Session(String user, Credentials.Password password, String csrf, long now) {
            this.user = user;
            this.password = password;
            this.csrf = csrf;
            this.begun = now;
            this.used = now;
        }

        String user() {
            return user;
        }

        /** What state-changing requests send in {@code X-Candor-CSRF}. */
        String csrf() {
            return csrf;
        }

        boolean csrfIs(String token) {
            return token != null
                    && MessageDigest.isEqual(
                            csrf.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * @param session that began
     * @param cookie value of {@code Set-Cookie}
     */
    record Begun(Session session, String cookie) {}

    private final AccessStore store;
    private final SecureRandom random;
    private final LongSupplier nanoTime;
    private final long idle;
    private final long longest;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    /**
     * @param idle after this time without a request a session ends
     * @param longest after this time it ends in any case
     */
    Sessions(AccessStore store, SecureRandom random, LongSupplier nanoTime, Duration idle, Duration longest) {
        this.store = store;
        this.random = random;
        this.nanoTime = nanoTime;
        this.idle = idle.toNanos();
        this.longest = longest.toNanos();
    }

    /** Begins a session with a token of its own; the one that the request came with ends. */
    Begun begin(Request request, Credentials.User user) {
        end(request);
        dropEnded();
        dropOldest(user.name());
        String token = Credentials.newToken(random);
        Session session = new Session(user.name(), user.password(), Credentials.newToken(random), nanoTime.getAsLong());
        sessions.put(Credentials.sha256(token), session);
        store.signedIn(user.name());
        return new Begun(session, cookie(request, token));
    }

    /** Whether the request names a session, be it one that has ended. */
    boolean named(Request request) {
        return token(request) != null;
    }

    /** The session of a request, or null where there is none in force. A request keeps it in use. */
    Session of(Request request) {
        Session session = unused(request);
        if (session != null) {
            session.used = nanoTime.getAsLong();
        }
        return session;
    }

    private boolean inForce(Session session) {
        long now = nanoTime.getAsLong();
        if (now - session.begun > longest || now - session.used > idle || !sessions.containsValue(session)) {
            return false;
        }
        Credentials.User user = store.user(session.user);
        return user != null && user.password().equals(session.password);
    }

    /** Ends the session of a request, if there is one. */
    void end(Request request) {
        String token = token(request);
        if (token != null) {
            sessions.remove(Credentials.sha256(token));
        }
    }

    /** Value of {@code Set-Cookie} that makes the browser forget. */
    String forget(Request request) {
        return cookie(request, "") + "; Max-Age=0";
    }

    /** The session of a request, or null, without keeping it in use. */
    Session unused(Request request) {
        String token = token(request);
        if (token == null) {
            return null;
        }
        String digest = Credentials.sha256(token);
        Session session = sessions.get(digest);
        if (session == null) {
            return null;
        }
        if (!inForce(session)) {
            sessions.remove(digest);
            return null;
        }
        return session;
    }

    private void dropEnded() {
        sessions.values().removeIf(session -> !inForce(session));
    }

    private void dropOldest(String user) {
        List<Map.Entry<String, Session>> own = sessions.entrySet().stream()
                .filter(entry -> entry.getValue().user.equals(user))
                .sorted(Comparator.comparingLong(entry -> entry.getValue().begun))
                .toList();
        for (int i = 0; i <= own.size() - MOST_OF_ONE_USER; i++) {
            sessions.remove(own.get(i).getKey());
        }
    }

    private static String cookie(Request request, String token) {
        String cookie = cookieName(request) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict";
        return request.secure() ? cookie + "; Secure" : cookie;
    }

    /** Cookies do not tell ports apart, so that two servers on one host would sign each other's people out. */
    private static String cookieName(Request request) {
        String host = request.header("Host");
        int colon = host == null ? -1 : host.lastIndexOf(':');
        String port = colon < 0 ? "" : host.substring(colon + 1);
        return port.matches("[0-9]{1,5}") ? COOKIE + "-" + port : COOKIE;
    }

    /** The token of the cookie; of two cookies of that name neither is to be believed. */
    private static String token(Request request) {
        String header = request.header("Cookie");
        if (header == null) {
            return null;
        }
        String name = cookieName(request);
        String found = null;
        for (String pair : header.split(";")) {
            int equals = pair.indexOf('=');
            if (equals < 0 || !pair.substring(0, equals).strip().equals(name)) {
                continue;
            }
            if (found != null) {
                return null;
            }
            found = pair.substring(equals + 1).strip();
        }
        return found == null || found.isEmpty() ? null : found;
    }
}
