package org.candor.gateway.internal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.candor.api.operation.Caller;

/** What is kept of keys and passwords: enough to recognise them, not to know them. */
final class Credentials {

    private static final int KEY_BYTES = 32;
    private static final String KEY_PREFIX = "candor-";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 512;
    /** OWASP's password storage recommendation for PBKDF2-HMAC-SHA512 is 210,000 or more. */
    private static final int ITERATIONS = 220_000;

    private static final int MOST_ITERATIONS = 10_000_000;
    /** Without letters and digits that look alike. */
    private static final String PASSWORD_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789";

    private static final int PASSWORD_LENGTH = 20;

    private Credentials() {}

    /**
     * An API key. It has 256 random bits, so its plain digest cannot be searched for.
     *
     * @param name unique among users and keys
     * @param sha256 digest of the key, hexadecimal
     * @param caller who comes with it
     * @param created when
     * @param expires or null
     */
    record ApiKey(String name, String sha256, Caller caller, Instant created, Instant expires) {

        static ApiKey of(String key, Caller caller, Instant created, Instant expires) {
            return new ApiKey(caller.subject(), Credentials.sha256(key), caller, created, expires);
        }

        /** Names the key without saying anything of it. */
        String id() {
            return "key-" + sha256.substring(0, 12);
        }

        boolean counts(Instant now) {
            return expires == null || now.isBefore(expires);
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", name);
            json.put("sha256", sha256);
            json.put("subject", caller.subject());
            json.put("tenant", caller.tenant());
            json.put("roles", new TreeSet<>(caller.roles()));
            json.put("created", created.toString());
            json.put("expires", expires == null ? null : expires.toString());
            return json;
        }

        /** Keys of the first format had no name of their own and never expired. */
        static ApiKey read(Members members) {
            String sha256 = members.neededString("sha256");
            if (!sha256.matches("[0-9a-f]{64}")) {
                throw members.wrong("sha256", "64 hexadecimal digits");
            }
            Set<String> roles = members.strings("roles");
            String subject = members.neededString("subject");
            return new ApiKey(
                    members.has("name") ? members.string("name") : subject,
                    sha256,
                    new Caller(subject, members.neededString("tenant"), roles == null ? Set.of() : roles),
                    members.time("created"),
                    members.has("expires") ? members.time("expires") : null);
        }
    }

    /**
     * A user.
     *
     * @param caller the name, tenant and roles
     * @param created when
     * @param mustChange whether the password has to be changed before anything else
     * @param password its hash
     */
    record User(Caller caller, Instant created, boolean mustChange, Password password) {

        String name() {
            return caller.subject();
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", caller.subject());
            json.put("tenant", caller.tenant());
            json.put("roles", new TreeSet<>(caller.roles()));
            json.put("created", created.toString());
            json.put("mustChangePassword", mustChange);
            json.put("password", password.json());
            return json;
        }

        static User read(Members members) {
            if (!members.has("password")) {
                throw members.missing("password");
            }
            Set<String> roles = members.strings("roles");
            return new User(
                    new Caller(
                            members.neededString("name"),
                            members.neededString("tenant"),
                            roles == null ? Set.of() : roles),
                    members.time("created"),
                    members.flag("mustChangePassword", false),
                    Password.read(members.object("password", "kdf", "iterations", "salt", "hash")));
        }
    }

    /**
     * A password, as PBKDF2-HMAC-SHA512 leaves it.
     *
     * @param iterations of the derivation
     * @param salt random
     * @param hash derived
     */
    record Password(int iterations, byte[] salt, byte[] hash) {

        static Password of(String password, SecureRandom random) {
            byte[] salt = new byte[SALT_BYTES];
            random.nextBytes(salt);
            return new Password(ITERATIONS, salt, derive(password, salt, ITERATIONS));
        }

        /** One that no password has: to check it takes as long as any other. */
        static Password ofNobody(SecureRandom random) {
            byte[] salt = new byte[SALT_BYTES];
            random.nextBytes(salt);
            byte[] hash = new byte[HASH_BITS / Byte.SIZE];
            random.nextBytes(hash);
            return new Password(ITERATIONS, salt, hash);
        }

        /** Takes about a tenth of a second on purpose. */
        boolean matches(String password) {
            return MessageDigest.isEqual(hash, derive(password, salt, iterations));
        }

        Map<String, Object> json() {
            Base64.Encoder base64 = Base64.getEncoder();
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("kdf", "PBKDF2-HMAC-SHA512");
            json.put("iterations", iterations);
            json.put("salt", base64.encodeToString(salt));
            json.put("hash", base64.encodeToString(hash));
            return json;
        }

        static Password read(Members members) {
            if (!"PBKDF2-HMAC-SHA512".equals(members.neededString("kdf"))) {
                throw members.wrong("kdf", "PBKDF2-HMAC-SHA512");
            }
            int iterations = members.integer("iterations", 0);
            if (iterations < 1 || iterations > MOST_ITERATIONS) {
                throw members.wrong("iterations", "1 to " + MOST_ITERATIONS);
            }
            Base64.Decoder base64 = Base64.getDecoder();
            return new Password(
                    iterations,
                    base64.decode(members.neededString("salt")),
                    base64.decode(members.neededString("hash")));
        }

        private static byte[] derive(String password, byte[] salt, int iterations) {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BITS);
            try {
                return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                        .generateSecret(spec)
                        .getEncoded();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("PBKDF2WithHmacSHA512 is part of every JDK", e);
            } finally {
                spec.clearPassword();
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Password that
                    && iterations == that.iterations
                    && Arrays.equals(salt, that.salt)
                    && Arrays.equals(hash, that.hash);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(hash);
        }

        @Override
        public String toString() {
            return "Password[" + iterations + " iterations]";
        }
    }

    /** Digest of a secret, hexadecimal. */
    static String sha256(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    static String newKey(SecureRandom random) {
        return KEY_PREFIX + newToken(random);
    }

    /** 256 random bits in base64url. */
    static String newToken(SecureRandom random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Twenty signs, 99 random bits. */
    static String newPassword(SecureRandom random) {
        StringBuilder password = new StringBuilder();
        for (int i = 0; i < PASSWORD_LENGTH; i++) {
            password.append(PASSWORD_SIGNS.charAt(random.nextInt(PASSWORD_SIGNS.length())));
        }
        return password.toString();
    }
}
