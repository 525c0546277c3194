package org.candor.gateway.internal;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.candor.api.access.AccessKey;
import org.candor.api.access.UserAccount;
import org.candor.api.operation.Access;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;

/** Users and keys. */
final class AccessRoutes {

    private static final String NAME = "name";
    private static final String ROLES = "roles";
    private static final String TENANT = "tenant";

    private final Backends backends;

    private AccessRoutes(Backends backends) {
        this.backends = backends;
    }

    static void add(Router router, Backends backends, Limits limits) {
        AccessRoutes routes = new AccessRoutes(backends);
        String users = "/admin/users";
        String user = "/admin/users/{name}";
        routes.read(router, "GET", users, (request, caller, path) -> routes.users(caller));
        routes.write(router, limits, "POST", users, (request, caller, path) -> routes.createUser(request, caller));
        routes.write(router, limits, "PUT", user, (request, caller, path) -> routes.setRoles(request, caller, path));
        routes.read(
                router,
                "DELETE",
                user,
                (request, caller, path) ->
                        done(NAME, path.get(NAME), routes.access().removeUser(caller, path.get(NAME))));
        routes.read(
                router,
                "POST",
                user + "/password",
                (request, caller, path) -> changed(200, routes.access().resetPassword(caller, path.get(NAME))));
        String keys = "/admin/keys";
        routes.read(router, "GET", keys, (request, caller, path) -> routes.keys(caller));
        routes.write(router, limits, "POST", keys, (request, caller, path) -> routes.createKey(request, caller));
        routes.read(
                router,
                "DELETE",
                keys + "/{id}",
                (request, caller, path) -> changed(200, routes.access().revokeKey(caller, path.get("id"))));
    }

    private void read(Router router, String method, String pattern, Router.Handler handler) {
        router.add(method, pattern, Router.Access.ADMIN, Router.On.WORKER, handler);
    }

    private void write(Router router, Limits limits, String method, String pattern, Router.Handler handler) {
        router.add(method, pattern, Router.Access.ADMIN, Router.On.WORKER, limits.json(), handler);
    }

    private Access access() {
        return Backends.need(backends.access(), "governor");
    }

    private Response users(Caller caller) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", access().users(caller).stream().map(AccessRoutes::json).toList());
        return Response.json(200, json);
    }

    private Response createUser(Request request, Caller caller) {
        Members body = Bodies.json(request, NAME, TENANT, ROLES);
        return changed(
                201, access().createUser(caller, body.neededString(NAME), body.string(TENANT), body.strings(ROLES)));
    }

    private Response setRoles(Request request, Caller caller, Map<String, String> path) {
        Members body = Bodies.json(request, ROLES);
        return changed(200, access().setRoles(caller, path.get(NAME), body.strings(ROLES)));
    }

    private Response keys(Caller caller) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", access().keys(caller).stream().map(AccessRoutes::json).toList());
        return Response.json(200, json);
    }

    private Response createKey(Request request, Caller caller) {
        Members body = Bodies.json(request, NAME, TENANT, ROLES, "expires");
        Instant expires = body.has("expires") ? body.time("expires") : null;
        return changed(
                201,
                access().createKey(caller, body.neededString(NAME), body.string(TENANT), body.strings(ROLES), expires));
    }

    private static Response changed(int status, Access.UserChange change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user", json(change.user()));
        if (change.password() != null) {
            json.put("password", change.password());
        }
        json.put("evidence", Views.evidence(change.evidence()));
        return Response.json(status, json).accounted(change.evidence());
    }

    private static Response changed(int status, Access.KeyChange change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key", json(change.key()));
        if (change.secret() != null) {
            json.put("secret", change.secret());
        }
        json.put("evidence", Views.evidence(change.evidence()));
        return Response.json(status, json).accounted(change.evidence());
    }

    private static Response done(String member, String value, Evidence evidence) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(member, value);
        json.put("removed", true);
        json.put("evidence", Views.evidence(evidence));
        return Response.json(200, json).accounted(evidence);
    }

    private static Map<String, Object> json(UserAccount user) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(NAME, user.name());
        json.put(TENANT, user.tenant());
        json.put(ROLES, new TreeSet<>(user.roles()));
        json.put("created", user.created().toString());
        json.put("mustChangePassword", user.mustChangePassword());
        json.put("lastSignIn", text(user.lastSignIn()));
        return json;
    }

    private static Map<String, Object> json(AccessKey key) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", key.id());
        json.put(NAME, key.name());
        json.put(TENANT, key.tenant());
        json.put(ROLES, new TreeSet<>(key.roles()));
        json.put("created", key.created().toString());
        json.put("expires", text(key.expires()));
        json.put("lastUsed", text(key.lastUsed()));
        return json;
    }

    private static String text(Instant time) {
        return time == null ? null : time.toString();
    }
}
