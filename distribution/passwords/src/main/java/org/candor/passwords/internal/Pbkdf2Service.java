package org.candor.passwords.internal;

import java.util.Map;
import java.util.Set;
import org.apache.karaf.jaas.modules.Encryption;
import org.apache.karaf.jaas.modules.EncryptionService;
import org.osgi.service.component.annotations.Component;

/** Offers PBKDF2 to Karaf's login modules, by the name {@code pbkdf2}. */
@Component(property = "name=pbkdf2")
public final class Pbkdf2Service implements EncryptionService {

    /** OWASP's figure for PBKDF2 with HMAC-SHA-512, 2023. */
    private static final int DEFAULT_ITERATIONS = 210_000;

    private static final String ITERATIONS = "iterations";

    /** Options that Karaf fills in for every service, whether configured or not. They mean nothing here. */
    private static final Set<String> KARAFS = Set.of(ALGORITHM, ENCODING);

    /**
     * @param options of {@code encryption.*} in etc/org.apache.karaf.jaas.cfg, without that prefix
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    @Override
    public Encryption createEncryption(Map<String, String> options) {
        for (String key : options.keySet()) {
            if (!key.equals(ITERATIONS) && !KARAFS.contains(key)) {
                throw new IllegalArgumentException(
                        "org.apache.karaf.jaas: encryption." + key + " is not an option of pbkdf2 (iterations is)");
            }
        }
        return new Pbkdf2(iterations(options.get(ITERATIONS)));
    }

    private static int iterations(String text) {
        if (text == null) {
            return DEFAULT_ITERATIONS;
        }
        try {
            int iterations = Integer.parseInt(text.strip());
            if (iterations >= Pbkdf2.LEAST_ITERATIONS && iterations <= Pbkdf2.MOST_ITERATIONS) {
                return iterations;
            }
        } catch (NumberFormatException e) {
            // Told below, with the value.
        }
        throw new IllegalArgumentException("org.apache.karaf.jaas: encryption.iterations is \"" + text
                + "\": a number from " + Pbkdf2.LEAST_ITERATIONS + " to " + Pbkdf2.MOST_ITERATIONS + " is needed");
    }
}
