package org.candor.gateway.internal;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.candor.api.operation.Caller;

/**
 * Says who a request comes from: by key, by session cookie, or, in administration, by password. A cookie alone changes
 * nothing: such a request shows the session's token and its origin too. Thread safe.
 */
final class Authentication {

    private static final int MOST_LENGTH = 1_024;

    private final AccessStore store;
    private final Passwords passwords;
    private final Sessions sessions;

    Authentication(AccessStore store, Passwords passwords, Sessions sessions) {
        this.store = store;
        this.passwords = passwords;
        this.sessions = sessions;
    }

    /**
     * Who asks; null on public routes, and for nobody who is known on those where everybody is welcome.
     *
     * @throws ApiError 401, 403, or 429 when too many wrong passwords came
     */
    Caller caller(Request request, Router.Access access) {
        if (access == Router.Access.PUBLIC) {
            return null;
        }
        if (access == Router.Access.WELCOME) {
            return recognised(request);
        }
        return known(request, access);
    }

    /** A probe whose key has ended is a probe all the same. */
    private Caller recognised(Request request) {
        try {
            return known(request, Router.Access.KEY);
        } catch (ApiError e) {
            return null;
        }
    }

    private Caller known(Request request, Router.Access access) {
        String header = request.header("Authorization");
        if (header != null) {
            return byHeader(request, header.strip(), access);
        }
        Sessions.Session session = sessions.of(request);
        if (session != null) {
            return bySession(request, session, access);
        }
        if (sessions.named(request)) {
            throw refused(request, "session_ended", "Your session has ended: sign in again.", access);
        }
        throw refused(request, "missing_key", "Send an API key: Authorization: Bearer KEY.", access);
    }

    /** Whether the request would still let this caller in; watching keeps no session in use. */
    boolean stillIn(Request request, Caller caller) {
        if (request.header("Authorization") == null) {
            Sessions.Session session = sessions.unused(request);
            Credentials.User user = session == null ? null : store.user(session.user());
            return user != null && user.caller().equals(caller);
        }
        try {
            return caller.equals(caller(request, Router.Access.ADMIN));
        } catch (ApiError e) {
            return false;
        }
    }

    private Caller byHeader(Request request, String value, Router.Access access) {
        if (value.length() > MOST_LENGTH) {
            throw refused(request, "invalid_api_key", "The Authorization header is too long.", access);
        }
        if (startsWith(value, "Bearer ")) {
            Caller caller = store.caller(value.substring("Bearer ".length()).strip());
            if (caller == null) {
                throw refused(
                        request, "invalid_api_key", "This API key is not known, was revoked or has expired.", access);
            }
            return caller;
        }
        if (access != Router.Access.KEY && startsWith(value, "Basic ")) {
            return byPassword(request, value.substring("Basic ".length()).strip(), access);
        }
        throw refused(request, "invalid_api_key", "Send an API key: Authorization: Bearer KEY.", access);
    }

    private Caller byPassword(Request request, String encoded, Router.Access access) {
        String decoded;
        try {
            decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw refused(request, "invalid_password", "The Authorization header is not base64.", access);
        }
        int colon = decoded.indexOf(':');
        if (colon < 0) {
            throw refused(request, "invalid_password", "User or password is wrong.", access);
        }
        Credentials.User user;
        try {
            user = passwords.check(decoded.substring(0, colon), decoded.substring(colon + 1), request.address());
        } catch (ApiError e) {
            throw e.status() == 401 ? refused(request, e.code(), e.getMessage(), access) : e;
        }
        return allowed(user, access);
    }

    private Caller bySession(Request request, Sessions.Session session, Router.Access access) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            if (request.header("Origin") == null) {
                throw new ApiError(403, "origin_missing", "Origin", "A browser's request says which page it is from.");
            }
            if (!session.csrfIs(request.header("X-Candor-CSRF"))) {
                throw new ApiError(
                        403,
                        "csrf_token",
                        "X-Candor-CSRF",
                        "The session's token is missing or wrong; GET /admin/session tells it.");
            }
        }
        Credentials.User user = store.user(session.user());
        if (user == null) {
            throw refused(request, "session_ended", "Your session has ended: sign in again.", access);
        }
        return allowed(user, access);
    }

    /** A first password opens nothing but the way to change it. */
    private static Caller allowed(Credentials.User user, Router.Access access) {
        if (user.mustChange() && access != Router.Access.SESSION) {
            throw new ApiError(
                    403,
                    "password_change_required",
                    null,
                    "This is a first password: change it with POST /admin/session/password, or the console.");
        }
        return user.caller();
    }

    /** A browser that hears of Basic asks for a password by itself, on top of the page: pages sign in by a session. */
    private static ApiError refused(Request request, String code, String message, Router.Access access) {
        boolean page = request.header("Sec-Fetch-Site") != null;
        String schemes = access == Router.Access.KEY || page
                ? "Bearer"
                : "Bearer, Basic realm=\"Candor administration\", charset=\"UTF-8\"";
        return new ApiError(401, code, null, message).header("WWW-Authenticate", schemes);
    }

    private static boolean startsWith(String value, String scheme) {
        return value.regionMatches(true, 0, scheme, 0, scheme.length());
    }
}
