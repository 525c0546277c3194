package org.candor.gateway.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.candor.api.access.AccessKey;
import org.candor.api.access.AccessRegister;
import org.candor.api.access.UserAccount;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has access: hashes of API keys and passwords, in {@code access.json} with mode 600. The first start creates the
 * command line's key in {@code cli.key}, and the user {@code admin} with a password in {@code admin.password.once}. Each
 * change replaces the file as a whole before it counts. Thread safe.
 */
@Component(service = {AccessStore.class, AccessRegister.class})
public final class AccessStore implements AccessRegister {

    static final String ADMIN = "admin";

    private static final Logger LOG = LoggerFactory.getLogger(AccessStore.class);
    private static final int FORMAT = 2;
    private static final int MOST_BYTES = 4 << 20;
    /** All accounts, those of one tenant; what other tenants leave, is for the operator's. */
    private static final Most MOST = new Most(5_000, 1_000);

    private static final Caller CLI = new Caller("cli", Caller.OPERATOR_TENANT, Set.of(ADMIN));

    private final Path file;
    private final Path cliKey;
    private final Path passwordOnce;
    private final SecureRandom random;
    private final Clock clock;
    private final LastUse lastUse;
    private final Most most;
    private volatile Content content;

    /**
     * How many users and keys there may be: one tenant takes the places of no other, and all others together leave as many to
     * those who run the server.
     *
     * @param all of them
     * @param ofOneTenant at most half of {@code all}
     */
    record Most(int all, int ofOneTenant) {}

    /** Keys by digest, users by name. */
    private record Content(Map<String, Credentials.ApiKey> keys, Map<String, Credentials.User> users) {

        static Content of(Collection<Credentials.ApiKey> keys, Collection<Credentials.User> users) {
            Map<String, Credentials.ApiKey> byDigest = new LinkedHashMap<>();
            keys.forEach(key -> byDigest.put(key.sha256(), key));
            Map<String, Credentials.User> byName = new TreeMap<>();
            users.forEach(user -> byName.put(user.name(), user));
            return new Content(byDigest, byName);
        }

        Content withKeys(UnaryOperator<List<Credentials.ApiKey>> change) {
            return of(change.apply(new ArrayList<>(keys.values())), users.values());
        }

        Content with(Credentials.User user) {
            Map<String, Credentials.User> changed = new TreeMap<>(users);
            changed.put(user.name(), user);
            return of(keys.values(), changed.values());
        }

        Content without(String user) {
            Map<String, Credentials.User> changed = new TreeMap<>(users);
            changed.remove(user);
            return of(keys.values(), changed.values());
        }
    }

    /**
     * @throws IOException when a file cannot be read or written, or {@code access.json} is damaged
     */
    @Activate
    public AccessStore(BundleContext context) throws IOException {
        this(Home.of(context), new SecureRandom(), Clock.systemUTC());
    }

    /**
     * Opens the store, creating what a first start needs.
     *
     * @param home folder of the installation's state
     * @throws IOException when a file cannot be read or written, or {@code access.json} is damaged
     */
    AccessStore(Path home, SecureRandom random, Clock clock) throws IOException {
        this(home, random, clock, MOST);
    }

    AccessStore(Path home, SecureRandom random, Clock clock, Most most) throws IOException {
        this.most = most;
        this.file = home.resolve("access.json");
        this.cliKey = home.resolve("cli.key");
        this.passwordOnce = home.resolve("admin.password.once");
        this.random = random;
        this.clock = clock;
        Files.createDirectories(home);
        if (Files.exists(file)) {
            content = read();
            restoreCliKey();
        } else {
            create();
        }
        lastUse = new LastUse(home.resolve("access-use.json"), clock);
    }

    @Deactivate
    void close() {
        lastUse.close();
    }

    /** Who comes with this key, or null where it is not known or has expired. */
    Caller caller(String key) {
        Credentials.ApiKey found = content.keys().get(Credentials.sha256(key));
        if (found == null || !found.counts(clock.instant())) {
            return null;
        }
        lastUse.now(found.id());
        return found.caller();
    }

    /** The user of this name, or null. */
    Credentials.User user(String name) {
        return content.users().get(name);
    }

    /** A user has signed in. */
    void signedIn(String name) {
        lastUse.now(name);
    }

    @Override
    public List<UserAccount> users(String tenant) {
        return content.users().values().stream()
                .filter(user -> within(user.caller(), tenant))
                .map(this::account)
                .toList();
    }

    @Override
    public synchronized Issued<UserAccount> createUser(String name, String tenant, Set<String> roles)
            throws IOException {
        checkFree(name, tenant);
        String password = Credentials.newPassword(random);
        Credentials.User user = new Credentials.User(
                new Caller(name, tenant, roles), now(), true, Credentials.Password.of(password, random));
        save(content.with(user));
        return new Issued<>(account(user), password);
    }

    @Override
    public synchronized UserAccount setRoles(String name, String tenant, Set<String> roles) throws IOException {
        Credentials.User old = user(name, tenant);
        Credentials.User user = new Credentials.User(
                new Caller(name, old.caller().tenant(), roles), old.created(), old.mustChange(), old.password());
        Content next = content.with(user);
        checkAdministered(next);
        save(next);
        return account(user);
    }

    @Override
    public synchronized void setPassword(String name, String tenant, String password) throws IOException {
        Credentials.User old = user(name, tenant);
        save(content.with(
                new Credentials.User(old.caller(), old.created(), false, Credentials.Password.of(password, random))));
        forgetFirst(name);
    }

    @Override
    public synchronized Issued<UserAccount> resetPassword(String name, String tenant) throws IOException {
        Credentials.User old = user(name, tenant);
        String password = Credentials.newPassword(random);
        Credentials.User user =
                new Credentials.User(old.caller(), old.created(), true, Credentials.Password.of(password, random));
        save(content.with(user));
        forgetFirst(name);
        return new Issued<>(account(user), password);
    }

    @Override
    public synchronized void removeUser(String name, String tenant) throws IOException {
        user(name, tenant);
        Content next = content.without(name);
        checkAdministered(next);
        save(next);
        forgetFirst(name);
    }

    @Override
    public List<AccessKey> keys(String tenant) {
        return content.keys().values().stream()
                .filter(key -> within(key.caller(), tenant))
                .sorted(Comparator.comparing(Credentials.ApiKey::name))
                .map(this::shown)
                .toList();
    }

    @Override
    public synchronized Issued<AccessKey> createKey(String name, String tenant, Set<String> roles, Instant expires)
            throws IOException {
        checkFree(name, tenant);
        String secret = Credentials.newKey(random);
        Credentials.ApiKey key = Credentials.ApiKey.of(secret, new Caller(name, tenant, roles), now(), expires);
        save(content.withKeys(keys -> {
            keys.add(key);
            return keys;
        }));
        return new Issued<>(shown(key), secret);
    }

    @Override
    public synchronized AccessKey revokeKey(String id, String tenant) throws IOException {
        Credentials.ApiKey found = content.keys().values().stream()
                .filter(key -> within(key.caller(), tenant))
                .filter(key -> key.id().equals(id) || key.name().equals(id))
                .findFirst()
                .orElseThrow(() -> notFound("id", "key_not_found", "There is no key \"" + id + "\"."));
        if (found.caller().equals(CLI)) {
            throw invalid(
                    "id",
                    "command_line_key",
                    "This is the command line's own key: delete cli.key and restart to replace it.");
        }
        save(content.withKeys(keys -> {
            keys.remove(found);
            return keys;
        }));
        return shown(found);
    }

    private Credentials.User user(String name, String tenant) {
        Credentials.User user = content.users().get(name);
        if (user == null || !within(user.caller(), tenant)) {
            throw notFound("name", "user_not_found", "There is no user \"" + name + "\".");
        }
        return user;
    }

    private static boolean within(Caller caller, String tenant) {
        return tenant == null || caller.tenant().equals(tenant);
    }

    private void checkFree(String name, String tenant) {
        boolean taken = content.users().containsKey(name)
                || content.keys().values().stream().anyMatch(key -> key.name().equals(name));
        if (taken) {
            throw invalid("name", "name_taken", "A user or key \"" + name + "\" exists already; names are unique.");
        }
        long own = accounts(tenant);
        long operators = accounts(Caller.OPERATOR_TENANT);
        long all = content.users().size() + content.keys().size();
        checkRoom(own, most.ofOneTenant(), "in tenant \"" + tenant + "\"");
        checkRoom(all, most.all(), "in all tenants");
        if (!tenant.equals(Caller.OPERATOR_TENANT)) {
            checkRoom(all - operators, most.all() - most.ofOneTenant(), "in all tenants but the operator's");
        }
    }

    private long accounts(String tenant) {
        return Stream.concat(
                        content.users().values().stream().map(Credentials.User::caller),
                        content.keys().values().stream().map(Credentials.ApiKey::caller))
                .filter(caller -> caller.tenant().equals(tenant))
                .count();
    }

    private static void checkRoom(long present, int most, String where) {
        if (present >= most) {
            throw invalid(
                    "name",
                    "too_many",
                    "There are " + present + " users and keys " + where + ", at most " + most
                            + " are allowed; remove some that are not used.");
        }
    }

    /** Somebody must be left who can let others in. */
    private static void checkAdministered(Content next) {
        boolean administered = next.users().values().stream()
                .map(Credentials.User::caller)
                .anyMatch(caller -> caller.ofOperator() && caller.roles().contains(ADMIN));
        if (!administered) {
            throw invalid(
                    "name",
                    "last_admin",
                    "This is the last user with the role admin in tenant " + Caller.OPERATOR_TENANT
                            + "; give another one the role first.");
        }
    }

    private static OperationException invalid(String parameter, String code, String message) {
        return new OperationException(Kind.INVALID, code, message, parameter, null);
    }

    private static OperationException notFound(String parameter, String code, String message) {
        return new OperationException(Kind.NOT_FOUND, code, message, parameter, null);
    }

    private UserAccount account(Credentials.User user) {
        return new UserAccount(
                user.name(),
                user.caller().tenant(),
                user.caller().roles(),
                user.created(),
                user.mustChange(),
                lastUse.of(user.name()));
    }

    private AccessKey shown(Credentials.ApiKey key) {
        return new AccessKey(
                key.id(),
                key.name(),
                key.caller().tenant(),
                key.caller().roles(),
                key.created(),
                key.expires(),
                lastUse.of(key.id()));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private void forgetFirst(String name) throws IOException {
        if (name.equals(ADMIN)) {
            Files.deleteIfExists(passwordOnce);
        }
    }

    private void create() throws IOException {
        String password = Credentials.newPassword(random);
        PrivateFile.write(passwordOnce, (password + "\n").getBytes(StandardCharsets.UTF_8));
        // access.json comes last: a start that dies before it is a first start again.
        save(Content.of(List.of(newCliKey()), List.of(admin(true, Credentials.Password.of(password, random)))));
        LOG.info("First start: the admin password is in {}. Read it, then delete the file.", passwordOnce);
    }

    private Credentials.User admin(boolean mustChange, Credentials.Password password) {
        return new Credentials.User(
                new Caller(ADMIN, Caller.OPERATOR_TENANT, Set.of(ADMIN)), now(), mustChange, password);
    }

    private void restoreCliKey() throws IOException {
        if (Files.exists(cliKey)) {
            Credentials.ApiKey key = content.keys()
                    .get(Credentials.sha256(
                            Files.readString(cliKey, StandardCharsets.UTF_8).strip()));
            if (key != null && key.caller().equals(CLI)) {
                return;
            }
        }
        Credentials.ApiKey key = newCliKey();
        save(content.withKeys(keys -> {
            keys.removeIf(each -> each.caller().equals(CLI));
            keys.add(key);
            return keys;
        }));
        LOG.warn("{} was missing or not the key in force: a new key took its place.", cliKey);
    }

    private Credentials.ApiKey newCliKey() throws IOException {
        String key = Credentials.newKey(random);
        PrivateFile.write(cliKey, (key + "\n").getBytes(StandardCharsets.UTF_8));
        return Credentials.ApiKey.of(key, CLI, now(), null);
    }

    private void save(Content next) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("v", FORMAT);
        json.put(
                "keys",
                next.keys().values().stream().map(Credentials.ApiKey::json).toList());
        json.put(
                "users",
                next.users().values().stream().map(Credentials.User::json).toList());
        PrivateFile.write(file, JsonText.write(json));
        content = next;
    }

    private Content read() throws IOException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it is larger than " + MOST_BYTES + " bytes");
            }
            Members members = new Members(JsonText.readObject(Files.readAllBytes(file)), "v", "keys", "admin", "users");
            List<Credentials.ApiKey> keys =
                    members
                            .objects("keys", "name", "sha256", "subject", "tenant", "roles", "created", "expires")
                            .stream()
                            .map(Credentials.ApiKey::read)
                            .toList();
            return switch (members.integer("v", 0)) {
                case 1 -> {
                    // The first format knew one user, and not whether the password was still the first one.
                    if (!members.has("admin")) {
                        throw members.missing("admin");
                    }
                    Members admin = members.object("admin", "kdf", "iterations", "salt", "hash");
                    yield Content.of(
                            keys, List.of(admin(Files.exists(passwordOnce), Credentials.Password.read(admin))));
                }
                case FORMAT -> {
                    List<Credentials.User> users = members
                            .objects("users", "name", "tenant", "roles", "created", "mustChangePassword", "password")
                            .stream()
                            .map(Credentials.User::read)
                            .toList();
                    Content read = Content.of(keys, users);
                    checkAdministered(read);
                    yield read;
                }
                default -> throw members.wrong("v", "1 or " + FORMAT);
            };
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    file + " cannot be used: " + e.getMessage()
                            + " Restore it from a backup, or delete it to start with a new key and password.",
                    e);
        }
    }
}
