package org.candor.governor.internal;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.candor.api.access.AccessKey;
import org.candor.api.access.AccessRegister;
import org.candor.api.access.UserAccount;
import org.candor.api.operation.Access;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Operations {@code admin.access.*} and {@code access.password}. No password or key ever reaches the log. */
@Component
public final class AccessOperations implements Access {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final int LEAST_PASSWORD = 12;
    private static final int MOST_PASSWORD = 256;
    private static final String LIST = "admin.access.list";
    private static final String PASSWORD = "admin.access.password";

    private final GovernedPath path;
    private final Clock clock;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile AccessRegister register;

    @Activate
    public AccessOperations(@Reference GovernedPath path) {
        this(path, Clock.systemUTC());
    }

    AccessOperations(GovernedPath path, Clock clock) {
        this.path = path;
        this.clock = clock;
    }

    @Override
    public List<UserAccount> users(Caller caller) {
        return listed(caller, "users", () -> register().users(reach(caller)));
    }

    @Override
    public UserChange createUser(Caller caller, String name, String tenant, Set<String> roles) {
        String whose = tenant(caller, tenant);
        Map<String, Object> request = request(named("name", name), "tenant", whose, "roles", roles(roles));
        Governed<AccessRegister.Issued<UserAccount>> done =
                change("admin.access.user-create", caller, request, () -> register()
                        .createUser(name, whose, Set.copyOf(roles)));
        return new UserChange(done.result().made(), done.result().secret(), done.evidence());
    }

    @Override
    public UserChange setRoles(Caller caller, String name, Set<String> roles) {
        Map<String, Object> request = request(named("name", name), "roles", roles(roles));
        Governed<UserAccount> done = change("admin.access.user-roles", caller, request, () -> register()
                .setRoles(name, reach(caller), Set.copyOf(roles)));
        return new UserChange(done.result(), null, done.evidence());
    }

    @Override
    public Evidence removeUser(Caller caller, String name) {
        return change("admin.access.user-remove", caller, request(named("name", name)), () -> {
                    register().removeUser(name, reach(caller));
                    return true;
                })
                .evidence();
    }

    @Override
    public UserChange resetPassword(Caller caller, String name) {
        Governed<AccessRegister.Issued<UserAccount>> done = change(
                PASSWORD, caller, request(named("name", name)), () -> register().resetPassword(name, reach(caller)));
        return new UserChange(done.result().made(), done.result().secret(), done.evidence());
    }

    @Override
    public Evidence setPassword(Caller caller, String name, String password) {
        return setPassword(PASSWORD, caller, named("name", name), reach(caller), password);
    }

    @Override
    public Evidence changeOwnPassword(Caller caller, String password) {
        return setPassword("access.password", caller, caller.subject(), caller.tenant(), password);
    }

    private Evidence setPassword(String operation, Caller caller, String name, String tenant, String password) {
        String checked = password(password);
        return change(operation, caller, request(name), () -> {
                    register().setPassword(name, tenant, checked);
                    return true;
                })
                .evidence();
    }

    @Override
    public List<AccessKey> keys(Caller caller) {
        return listed(caller, "keys", () -> register().keys(reach(caller)));
    }

    @Override
    public KeyChange createKey(Caller caller, String name, String tenant, Set<String> roles, Instant expires) {
        String whose = tenant(caller, tenant);
        if (expires != null && !expires.isAfter(clock.instant())) {
            throw Requests.invalid("expires", expires + " is not in the future");
        }
        Map<String, Object> request = request(
                named("name", name),
                "tenant",
                whose,
                "roles",
                roles(roles),
                "expires",
                expires == null ? null : expires.toString());
        Governed<AccessRegister.Issued<AccessKey>> done =
                change("admin.access.key-create", caller, request, () -> register()
                        .createKey(name, whose, Set.copyOf(roles), expires));
        return new KeyChange(done.result().made(), done.result().secret(), done.evidence());
    }

    @Override
    public KeyChange revokeKey(Caller caller, String id) {
        Map<String, Object> request = Map.of("key", Requests.name("id", id));
        Governed<AccessKey> done = change(
                "admin.access.key-revoke", caller, request, () -> register().revokeKey(id, reach(caller)));
        return new KeyChange(done.result(), null, done.evidence());
    }

    private AccessRegister register() {
        AccessRegister now = register;
        if (now == null) {
            throw Services.missing("access", "register of users and keys");
        }
        return now;
    }

    /** The tenant that the caller may administer; null for every one. */
    private static String reach(Caller caller) {
        return caller.ofOperator() ? null : caller.tenant();
    }

    private static String tenant(Caller caller, String tenant) {
        if (tenant == null || tenant.equals(caller.tenant())) {
            return caller.tenant();
        }
        if (!caller.ofOperator()) {
            throw Requests.invalid("tenant", "only the tenant \"" + caller.tenant() + "\" is yours to administer");
        }
        return named("tenant", tenant);
    }

    private static String named(String parameter, String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw Requests.invalid(
                    parameter, "must be 1 to 64 letters, digits and . _ @ -, and start with a letter or digit");
        }
        return name;
    }

    private static List<String> roles(Set<String> roles) {
        if (roles == null || roles.isEmpty()) {
            throw Requests.invalid("roles", "must name at least one of " + Requests.rolesThereAre());
        }
        return Requests.roles(roles);
    }

    private static String password(String password) {
        int length = password == null ? 0 : password.codePointCount(0, password.length());
        if (length < LEAST_PASSWORD || length > MOST_PASSWORD) {
            throw Requests.invalid(
                    "password",
                    "has " + LEAST_PASSWORD + " to " + MOST_PASSWORD + " characters; this one has " + length);
        }
        return password;
    }

    private static Map<String, Object> request(String account, Object... more) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("account", account);
        for (int i = 0; i < more.length; i += 2) {
            request.put((String) more[i], more[i + 1]);
        }
        return request;
    }

    private static Operation operation(
            String name, Caller caller, Operation.Effect effect, Map<String, Object> request) {
        return new Operation(name, caller, Answers.DEFAULT_PURPOSE, effect, request);
    }

    private <T> List<T> listed(Caller caller, String what, Change<List<T>> listing) {
        Operation operation = operation(LIST, caller, Operation.Effect.READ, Map.of("list", what));
        return path.run(operation, new Task<List<T>>() {
                    @Override
                    public List<T> perform(Permit permit, Meter meter) throws IOException {
                        return listing.make();
                    }

                    @Override
                    public void describe(List<T> listed, Map<String, Object> members) {
                        members.put("count", listed.size());
                    }
                })
                .result();
    }

    private <T> Governed<T> change(String name, Caller caller, Map<String, Object> request, Change<T> change) {
        return path.run(operation(name, caller, Operation.Effect.CHANGE, request), new Task<T>() {
            @Override
            public T perform(Permit permit, Meter meter) throws IOException {
                return change.make();
            }

            @Override
            public void describe(T made, Map<String, Object> members) {
                members.put("done", true);
            }
        });
    }

    private interface Change<T> {
        T make() throws IOException;
    }
}
