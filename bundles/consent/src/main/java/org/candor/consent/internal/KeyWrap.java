package org.candor.consent.internal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps subject keys under the master key: AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D), the subject's name as
 * associated data, so that a file put in another's place does not open.
 */
final class KeyWrap {
    static final int KEY_BYTES = 32;
    static final int WRAPPED_BYTES = 12 + KEY_BYTES + 16;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec wrapping;
    private final byte[] naming;
    private final SecureRandom random;

    KeyWrap(byte[] master, SecureRandom random) {
        this.wrapping = new SecretKeySpec(Hkdf.expand(master, label("candor/subject-key/wrap/v1"), KEY_BYTES), "AES");
        this.naming = Hkdf.expand(master, label("candor/subject-key/name/v1"), KEY_BYTES);
        this.random = random;
    }

    /** 32 bytes that stand for the subject and tell nothing about it without the master key. */
    byte[] name(String tenant, String subject) {
        return Hkdf.expand(naming, identity(tenant, subject), KEY_BYTES);
    }

    byte[] wrap(byte[] key, String tenant, String subject) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, tenant, subject).doFinal(key);
            byte[] wrapped = Arrays.copyOf(nonce, WRAPPED_BYTES);
            System.arraycopy(sealed, 0, wrapped, NONCE_BYTES, sealed.length);
            return wrapped;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /** @throws GeneralSecurityException when these are not this subject's bytes under this master key */
    byte[] unwrap(byte[] wrapped, String tenant, String subject) throws GeneralSecurityException {
        if (wrapped.length != WRAPPED_BYTES) {
            throw new GeneralSecurityException(wrapped.length + " bytes instead of " + WRAPPED_BYTES);
        }
        return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(wrapped, NONCE_BYTES), tenant, subject)
                .doFinal(wrapped, NONCE_BYTES, WRAPPED_BYTES - NONCE_BYTES);
    }

    private Cipher cipher(int mode, byte[] nonce, String tenant, String subject) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, wrapping, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(identity(tenant, subject));
        return cipher;
    }

    /** Names hold no zero character, so a zero byte divides them without doubt. */
    private static byte[] identity(String tenant, String subject) {
        return label(tenant + '\0' + subject);
    }

    private static byte[] label(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
