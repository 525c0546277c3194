package org.candor.consent.internal;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF-Expand with SHA-256 (RFC 5869, section 2.3). The keys here are uniformly random, so extraction is not needed.
 *
 * <p>Every operation derives a key for each thing that it commits to. The JDK's own HKDF asks the providers each time,
 * which takes several times as long as the derivation itself.
 */
final class Hkdf {

    private static final String HMAC = "HmacSHA256";
    private static final int HASH_BYTES = 32;
    private static final int MOST_BYTES = 255 * HASH_BYTES;
    /** Cloned for each derivation, never used itself. */
    private static final Mac PROTOTYPE = prototype();

    private Hkdf() {}

    private static Mac prototype() {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(new byte[HASH_BYTES], HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /**
     * T(i) = HMAC(key, T(i - 1) || info || i), and the output begins T(1) || T(2) || ...
     *
     * @param key pseudorandom, 32 bytes or more
     * @param info what the output is for
     * @param length of the output, 1 to 8160
     */
    static byte[] expand(byte[] key, byte[] info, int length) {
        if (length < 1 || length > MOST_BYTES) {
            throw new IllegalArgumentException("HKDF-Expand of " + length + " bytes; allowed are 1 to " + MOST_BYTES);
        }
        try {
            Mac mac = (Mac) PROTOTYPE.clone();
            mac.init(new SecretKeySpec(key, HMAC));
            byte[] output = new byte[length];
            byte[] block = new byte[0];
            for (int at = 0, i = 1; at < length; at += HASH_BYTES, i++) {
                mac.update(block);
                mac.update(info);
                mac.update((byte) i);
                block = mac.doFinal();
                System.arraycopy(block, 0, output, at, Math.min(HASH_BYTES, length - at));
            }
            Arrays.fill(block, (byte) 0);
            return output;
        } catch (CloneNotSupportedException | GeneralSecurityException e) {
            throw new IllegalStateException("the platform's HmacSHA256 can be copied and takes any key", e);
        }
    }
}
