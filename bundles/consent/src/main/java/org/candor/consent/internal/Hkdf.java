package org.candor.consent.internal;

import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** HKDF-Expand with SHA-256 (RFC 5869, section 2.3). The keys here are uniformly random, so extraction is not needed. */
final class Hkdf {
    private Hkdf() {}

    /**
     * @param key pseudorandom, 32 bytes or more
     * @param info what the output is for
     * @param length of the output, 1 to 8160
     */
    static byte[] expand(byte[] key, byte[] info, int length) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(key, "HKDF"), info, length));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("HKDF-Expand of " + length + " bytes: " + e.getMessage(), e);
        }
    }
}
