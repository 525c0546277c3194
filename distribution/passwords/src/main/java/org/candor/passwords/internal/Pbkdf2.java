package org.candor.passwords.internal;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.apache.karaf.jaas.modules.Encryption;

/** Salted, slow hashes of passwords: PBKDF2 (RFC 8018) with HMAC-SHA-512. Thread safe. */
final class Pbkdf2 implements Encryption {

    static final int LEAST_ITERATIONS = 100_000;
    static final int MOST_ITERATIONS = 10_000_000;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final Pattern STORED =
            Pattern.compile("([1-9][0-9]{0,7})\\.([A-Za-z0-9_-]{22})\\.([A-Za-z0-9_-]{43})");

    private final SecureRandom random = new SecureRandom();
    private final int iterations;

    Pbkdf2(int iterations) {
        this.iterations = iterations;
    }

    /** The stored form: iterations, salt and hash. */
    @Override
    public String encryptPassword(String plain) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return iterations + "." + base64.encodeToString(salt) + "."
                + base64.encodeToString(hash(plain, salt, iterations));
    }

    /** False, too, for a stored text that is no hash of ours. */
    @Override
    public boolean checkPassword(String plain, String stored) {
        if (plain == null || stored == null) {
            return false;
        }
        Matcher parts = STORED.matcher(stored);
        if (!parts.matches() || Integer.parseInt(parts.group(1)) > MOST_ITERATIONS) {
            return false;
        }
        byte[] salt = Base64.getUrlDecoder().decode(parts.group(2));
        byte[] expected = Base64.getUrlDecoder().decode(parts.group(3));
        return MessageDigest.isEqual(expected, hash(plain, salt, Integer.parseInt(parts.group(1))));
    }

    static byte[] hash(String plain, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(plain.toCharArray(), salt, iterations, HASH_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no PBKDF2WithHmacSHA512", e);
        } finally {
            spec.clearPassword();
        }
    }
}
