package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.candor.api.operation.Access;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signing in and out, who one is, and one's own password. */
final class SessionRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(SessionRoutes.class);
    private static final int MOST_BODY = 8 << 10;

    private final Backends backends;
    private final AccessStore store;
    private final Passwords passwords;
    private final Sessions sessions;

    private SessionRoutes(Backends backends, AccessStore store, Passwords passwords, Sessions sessions) {
        this.backends = backends;
        this.store = store;
        this.passwords = passwords;
        this.sessions = sessions;
    }

    static void add(Router router, Backends backends, AccessStore store, Passwords passwords, Sessions sessions) {
        SessionRoutes routes = new SessionRoutes(backends, store, passwords, sessions);
        String session = "/admin/session";
        router.add(
                "POST",
                session,
                Router.Access.PUBLIC,
                // Anybody may try, and may have to wait for a check: that keeps no worker from those who have a key.
                Router.On.REQUEST_THREAD,
                MOST_BODY,
                (request, caller, path) -> routes.signIn(request));
        router.add(
                "GET",
                session,
                Router.Access.SESSION,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> routes.whoAmI(request, caller));
        router.add(
                "DELETE",
                session,
                Router.Access.SESSION,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> routes.signOut(request, caller));
        router.add(
                "POST",
                "/admin/session/password",
                Router.Access.SESSION,
                Router.On.WORKER,
                MOST_BODY,
                (request, caller, path) -> routes.changePassword(request, caller));
    }

    private Response signIn(Request request) {
        Members body = Bodies.json(request, "user", "password");
        Credentials.User user =
                passwords.check(body.neededString("user"), body.neededString("password"), request.address());
        LOG.info("{} signed in from {} (request {}).", user.name(), request.address(), request.id());
        return begun(request, user);
    }

    private Response begun(Request request, Credentials.User user) {
        Sessions.Begun begun = sessions.begin(request, user);
        return Response.json(200, json(user.caller(), begun.session(), user.mustChange()))
                .with("Set-Cookie", begun.cookie());
    }

    private Response whoAmI(Request request, Caller caller) {
        Credentials.User user = store.user(caller.subject());
        return Response.json(200, json(caller, session(request), user != null && user.mustChange()));
    }

    /** The session that let the request in, or null where something else did. */
    private Sessions.Session session(Request request) {
        return request.header("Authorization") == null ? sessions.of(request) : null;
    }

    private Map<String, Object> json(Caller caller, Sessions.Session session, boolean mustChange) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user", caller.subject());
        json.put("tenant", caller.tenant());
        json.put("roles", new TreeSet<>(caller.roles()));
        json.put("csrf", session == null ? null : session.csrf());
        json.put("mustChangePassword", mustChange);
        json.put("operations", operations(caller));
        return json;
    }

    /** What the policy in force lets the caller do; null while nobody can say. */
    private Map<String, Object> operations(Caller caller) {
        Platform platform = backends.platform();
        List<Platform.Permission> permissions = platform == null ? List.of() : platform.permissions(caller);
        if (permissions.isEmpty()) {
            return null;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        permissions.forEach(each -> json.put(each.operation(), Views.permission(each)));
        return json;
    }

    private Response signOut(Request request, Caller caller) {
        sessions.end(request);
        LOG.info("{} signed out (request {}).", caller.subject(), request.id());
        return Response.empty(204).with("Set-Cookie", sessions.forget(request));
    }

    private Response changePassword(Request request, Caller caller) {
        Members body = Bodies.json(request, "old", "new");
        String old = body.neededString("old");
        String changed = body.neededString("new");
        if (store.user(caller.subject()) == null) {
            throw ApiError.invalid("not_a_user", null, "A key has no password; sign in as a user.");
        }
        Credentials.User user;
        try {
            user = passwords.check(caller.subject(), old, request.address());
        } catch (ApiError e) {
            // Not 401: the session is in order, the form is not.
            throw e.status() == 401 ? ApiError.invalid("invalid_password", "old", "The old password is wrong.") : e;
        }
        if (old.equals(changed)) {
            throw ApiError.invalid("invalid_value", "new", "The new password is the old one.");
        }
        boolean bySession = session(request) != null;
        Access access = Backends.need(backends.access(), "governor");
        access.changeOwnPassword(user.caller(), changed);
        LOG.info("{} changed the own password (request {}).", user.name(), request.id());
        return bySession ? begun(request, store.user(user.name())) : Response.empty(204);
    }
}
