package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.compute.CacheType;
import org.candor.api.configuration.InvalidConfigurationException;
import org.candor.proof.InvalidProofException;
import org.candor.proof.PackKind;
import org.candor.proof.PackTrust;

/**
 * What counts at once when the registry's configuration changes.
 *
 * @param defaults version by route
 * @param memoryBytes 0 for half of the machine's
 * @param cacheBytes 0 for an eighth of these or of Java's heap, whichever is less
 * @param cache how keys and values are held
 */
record RegistrySettings(
        Map<String, String> defaults,
        PackTrust trust,
        long storeBytes,
        long memoryBytes,
        long cacheBytes,
        CacheType cache,
        int standbySeconds) {

    private static final long LEAST_STORE = 1_000_000L;
    private static final long MOST_STORE = 1_000_000_000_000_000L;
    private static final int MOST_STANDBY = 86_400;

    /**
     * Reads a configuration.
     *
     * @param pins file of the packs that ship with the build, or null
     * @throws InvalidConfigurationException naming the key and what is allowed
     */
    static RegistrySettings of(PackRegistry.Config config, Path pins) {
        return new RegistrySettings(
                defaults(config.defaults()),
                PackTrust.of(PackKind.MODEL, pins(pins), List.of(config.trustedKeys()), List.of(config.unsigned())),
                bytes("storeBytes", config.storeBytes(), LEAST_STORE),
                config.memoryBytes() == 0 ? 0 : bytes("memoryBytes", config.memoryBytes(), LEAST_STORE),
                config.cacheBytes() == 0 ? 0 : bytes("cacheBytes", config.cacheBytes(), LEAST_STORE),
                cache(config.cache()),
                standby(config.standbySeconds()));
    }

    /** What the build pins, {@code name:version} by digest; without the file nothing. */
    static Map<String, String> pins(Path file) {
        if (file == null || !Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return PackTrust.pins(file.toString(), Files.readAllLines(file));
        } catch (InvalidProofException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e, e);
        }
    }

    private static Map<String, String> defaults(String[] entries) {
        Map<String, String> defaults = new TreeMap<>();
        for (String entry : String.join(",", entries).split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            int colon = entry.indexOf(':');
            if (colon < 1 || colon == entry.length() - 1) {
                throw new InvalidConfigurationException(
                        PackRegistry.PID, "defaults", entry.strip(), "entries name:version");
            }
            defaults.put(
                    entry.substring(0, colon).strip(),
                    entry.substring(colon + 1).strip());
        }
        return defaults;
    }

    private static CacheType cache(String name) {
        try {
            return CacheType.named(name.strip());
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationException(PackRegistry.PID, "cache", name, "f32, bf16 or int8");
        }
    }

    private static int standby(int seconds) {
        if (seconds < 0 || seconds > MOST_STANDBY) {
            throw new InvalidConfigurationException(
                    PackRegistry.PID, "standbySeconds", seconds, "0 to " + MOST_STANDBY);
        }
        return seconds;
    }

    private static long bytes(String key, long configured, long least) {
        if (configured < least || configured > MOST_STORE) {
            throw new InvalidConfigurationException(PackRegistry.PID, key, configured, least + " to " + MOST_STORE);
        }
        return configured;
    }
}
