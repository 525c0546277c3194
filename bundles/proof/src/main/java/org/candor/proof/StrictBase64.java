package org.candor.proof;

import java.util.Base64;

/** Base64 of RFC 4648, section 4, with exactly one text for each sequence of bytes. */
final class StrictBase64 {

    private StrictBase64() {}

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** @throws InvalidProofException when the text is not what {@link #encode} gives */
    static byte[] decode(String what, String text) throws InvalidProofException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidProofException(what + " is not base64", e);
        }
        // The JDK takes missing padding and stray bits in the last character.
        if (!encode(bytes).equals(text)) {
            throw new InvalidProofException(what + " is not canonical base64");
        }
        return bytes;
    }

    /** Decodes a SHA-256 hash. */
    static byte[] hash(String what, String text) throws InvalidProofException {
        byte[] bytes = decode(what, text);
        if (bytes.length != MerkleTree.HASH_BYTES) {
            throw new InvalidProofException(what + " has " + bytes.length + " bytes, 32 are needed");
        }
        return bytes;
    }
}
