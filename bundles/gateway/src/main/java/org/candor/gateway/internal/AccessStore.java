package org.candor.gateway.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Caller;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has access: hashes of API keys and of the admin password, in {@code access.json} with mode 600. The first start
 * creates the command line's key in {@code cli.key} and the admin password in {@code admin.password.once}. Thread safe.
 */
final class AccessStore {

    private static final Logger LOG = LoggerFactory.getLogger(AccessStore.class);
    private static final int MOST_BYTES = 4 << 20;
    private static final Caller CLI = new Caller("cli", "default", Set.of("admin"));

    private final Path file;
    private final Path cliKey;
    private final Path passwordOnce;
    private final SecureRandom random;
    private final Clock clock;
    private volatile Content content;

    private record Content(List<Credentials.ApiKey> keys, Credentials.Password admin) {}

    /**
     * Opens the store, creating what a first start needs.
     *
     * @param home folder of the installation's state
     * @throws IOException when a file cannot be read or written, or {@code access.json} is damaged
     */
    AccessStore(Path home, SecureRandom random, Clock clock) throws IOException {
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
    }

    /** Who comes with this key, or null. Takes the same time whichever key it is. */
    Caller caller(String key) {
        byte[] digest = Credentials.digest(key);
        Caller found = null;
        for (Credentials.ApiKey each : content.keys()) {
            if (each.matches(digest)) {
                found = each.caller();
            }
        }
        return found;
    }

    /** The admin password's hash. */
    Credentials.Password adminPassword() {
        return content.admin();
    }

    /** Sets the admin password; what was written of an older one is deleted. */
    synchronized void setAdminPassword(String password) throws IOException {
        save(new Content(content.keys(), Credentials.Password.of(password, random)));
        Files.deleteIfExists(passwordOnce);
    }

    private void create() throws IOException {
        String password = Credentials.newPassword(random);
        PrivateFile.write(passwordOnce, (password + "\n").getBytes(StandardCharsets.UTF_8));
        // access.json comes last: a start that dies before it is a first start again.
        save(new Content(List.of(newCliKey()), Credentials.Password.of(password, random)));
        LOG.info("First start: the admin password is in {}. Read it, then delete the file.", passwordOnce);
    }

    private void restoreCliKey() throws IOException {
        if (Files.exists(cliKey)
                && CLI.equals(
                        caller(Files.readString(cliKey, StandardCharsets.UTF_8).strip()))) {
            return;
        }
        List<Credentials.ApiKey> keys = new ArrayList<>(content.keys());
        keys.removeIf(key -> key.caller().equals(CLI));
        keys.add(newCliKey());
        save(new Content(List.copyOf(keys), content.admin()));
        LOG.warn("{} was missing or not the key in force: a new key took its place.", cliKey);
    }

    private Credentials.ApiKey newCliKey() throws IOException {
        String key = Credentials.newKey(random);
        PrivateFile.write(cliKey, (key + "\n").getBytes(StandardCharsets.UTF_8));
        return Credentials.ApiKey.of(key, CLI, clock.instant().toString());
    }

    private void save(Content next) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("v", 1);
        json.put("keys", next.keys().stream().map(Credentials.ApiKey::json).toList());
        json.put("admin", next.admin().json());
        PrivateFile.write(file, JsonText.write(json));
        content = next;
    }

    private Content read() throws IOException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it is larger than " + MOST_BYTES + " bytes");
            }
            Members members = new Members(JsonText.readObject(Files.readAllBytes(file)), "v", "keys", "admin");
            if (members.integer("v", 0) != 1) {
                throw members.wrong("v", "1");
            }
            if (!members.has("admin") || !(members.any("keys") instanceof List<?> list)) {
                throw members.wrong("keys", "an array, beside \"admin\"");
            }
            List<Credentials.ApiKey> keys = new ArrayList<>();
            for (Object each : list) {
                if (!(each instanceof Map<?, ?> map)) {
                    throw members.wrong("keys", "an array of objects");
                }
                Map<String, Object> object = new LinkedHashMap<>();
                map.forEach((name, value) -> object.put((String) name, value));
                keys.add(Credentials.ApiKey.read(
                        new Members(object, "sha256", "subject", "tenant", "roles", "created")));
            }
            Members admin = members.object("admin", "kdf", "iterations", "salt", "hash");
            return new Content(List.copyOf(keys), Credentials.Password.read(admin));
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    file + " cannot be used: " + e.getMessage()
                            + " Restore it from a backup, or delete it to start with a new key and password.",
                    e);
        }
    }
}
