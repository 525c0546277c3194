package org.candor.api.consent;

/**
 * One secret key a subject; log commitments are keyed with what derives from it. Destroying it makes them unlinkable.
 * Thread safe.
 */
public interface SubjectKeys {

    /**
     * 32 bytes that depend on the subject's key, the nonce and the label: HKDF-Expand (RFC 5869) of the key with
     * info = {@code "candor/opening/v1"}, a zero byte, label, a zero byte, nonce. The key is made, durably, where there
     * is none.
     *
     * @param nonce 16 to 64 random bytes
     * @param label what the bytes are for
     */
    byte[] derive(String tenant, String subject, byte[] nonce, String label);

    /** Whether the subject has a key now. */
    boolean exists(String tenant, String subject);
}
