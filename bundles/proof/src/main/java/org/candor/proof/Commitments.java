package org.candor.proof;

import java.security.GeneralSecurityException;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The keyed commitments by which a log entry stands for an answer without holding any of it. */
public final class Commitments {

    /** Bytes of a commitment's key. */
    public static final int KEY_BYTES = 32;

    /** Members of an answer that its leaf does not commit to: what says nothing, and the proof itself. */
    public static final Set<String> UNCOMMITTED = Set.of("id", "timings", "proof", "leaf", "openings");

    /** Members every answer has. */
    public static final Set<String> REQUIRED = Set.of("question", "answer", "citations", "models", "energy", "policy");

    private static final String HMAC = "HmacSHA256";
    /** Cloned for each commitment, never used itself: asking the providers takes several times as long as the hash. */
    private static final Mac PROTOTYPE = prototype();

    private Commitments() {}

    private static Mac prototype() {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(new byte[KEY_BYTES], HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /**
     * base64(HMAC-SHA-256(key, RFC 8785 form of the value)).
     *
     * @param key 32 bytes
     * @param value of the member, as {@link Json} takes it
     */
    public static String commit(byte[] key, Object value) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a commitment's key has " + key.length + " bytes, 32 are needed");
        }
        try {
            Mac mac = (Mac) PROTOTYPE.clone();
            mac.init(new SecretKeySpec(key, HMAC));
            return StrictBase64.encode(mac.doFinal(Json.canonical(value)));
        } catch (CloneNotSupportedException | GeneralSecurityException e) {
            throw new IllegalStateException("the platform's HmacSHA256 can be copied and takes any key", e);
        }
    }
}
