package org.candor.gateway.internal;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.candor.api.operation.Caller;

/**
 * Says who a request comes from. Keys are compared by digest in constant time. Passwords are tried one at a time, and
 * after some wrong ones in a row each further try has to wait, longer each time. Thread safe.
 */
final class Authentication {

    private static final Caller ADMIN = new Caller("admin", "default", Set.of("admin"));
    private static final int FREE_TRIES = 5;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final int MOST_LENGTH = 1_024;

    private final AccessStore store;
    private final LongSupplier nanoTime;
    private final byte[] rememberKey = new byte[32];

    private int wrongTries;
    private long nextTry;
    private Credentials.Password rememberedFor;
    private byte[] remembered;

    Authentication(AccessStore store, SecureRandom random, LongSupplier nanoTime) {
        this.store = store;
        this.nanoTime = nanoTime;
        random.nextBytes(rememberKey);
    }

    /**
     * Who asks.
     *
     * @param header value of {@code Authorization}, or null
     * @param passwordToo whether the admin password counts here
     * @throws ApiError 401, or 429 when too many wrong passwords came
     */
    Caller caller(String header, boolean passwordToo) {
        if (header == null) {
            throw refused("missing_key", "Send an API key: Authorization: Bearer KEY.", passwordToo);
        }
        String value = header.strip();
        if (value.length() > MOST_LENGTH) {
            throw refused("invalid_key", "The Authorization header is too long.", passwordToo);
        }
        if (startsWith(value, "Bearer ")) {
            Caller caller = store.caller(value.substring("Bearer ".length()).strip());
            if (caller == null) {
                throw refused("invalid_key", "This API key is not known.", passwordToo);
            }
            return caller;
        }
        if (passwordToo && startsWith(value, "Basic ")) {
            return admin(value.substring("Basic ".length()).strip());
        }
        throw refused("invalid_key", "Send an API key: Authorization: Bearer KEY.", passwordToo);
    }

    private Caller admin(String encoded) {
        String decoded;
        try {
            decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrongPassword();
        }
        int colon = decoded.indexOf(':');
        if (colon < 0 || !decoded.substring(0, colon).equals("admin")) {
            throw wrongPassword();
        }
        checkPassword(decoded.substring(colon + 1));
        return ADMIN;
    }

    /** One at a time: a flood of guesses takes one processor at most. */
    private synchronized void checkPassword(String password) {
        Credentials.Password hash = store.adminPassword();
        byte[] tag = tag(password);
        if (hash.equals(rememberedFor) && MessageDigest.isEqual(tag, remembered)) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (wrongTries >= FREE_TRIES && now - nextTry < 0) {
            long seconds = Duration.ofNanos(nextTry - now).toSeconds() + 1;
            throw new ApiError(429, "too_many_tries", null, "Too many wrong passwords: wait " + seconds + " s.")
                    .header("Retry-After", Long.toString(seconds));
        }
        if (!hash.matches(password)) {
            wrongTries++;
            int doublings = Math.min(10, Math.max(0, wrongTries - FREE_TRIES));
            Duration wait = Duration.ofSeconds(1L << doublings);
            nextTry = nanoTime.getAsLong() + (wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait).toNanos();
            throw wrongPassword();
        }
        wrongTries = 0;
        remembered = tag;
        rememberedFor = hash;
    }

    /** Lets a password that was right be recognised quickly, without keeping it. */
    private byte[] tag(String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(rememberKey, "HmacSHA256"));
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }

    private static ApiError wrongPassword() {
        return refused("invalid_password", "User or password is wrong.", true);
    }

    private static ApiError refused(String code, String message, boolean passwordToo) {
        String schemes = passwordToo ? "Bearer, Basic realm=\"Candor administration\", charset=\"UTF-8\"" : "Bearer";
        return new ApiError(401, code, null, message).header("WWW-Authenticate", schemes);
    }

    private static boolean startsWith(String value, String scheme) {
        return value.regionMatches(true, 0, scheme, 0, scheme.length());
    }
}
