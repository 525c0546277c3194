package org.candor.proof;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A key that signatures on notes are checked with, {@code name+id+key} (c2sp.org/signed-note), Ed25519 only.
 *
 * <p>Signatures that the JDK's Ed25519 rejects, and those on which it throws, are invalid alike.
 */
public final class VerifierKey {

    static final byte ED25519 = 1;
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final int KEY_BYTES = 32;

    private final String name;
    private final byte[] key;
    private final int id;
    private final PublicKey publicKey;

    private VerifierKey(String name, byte[] key) throws InvalidProofException {
        this.name = name;
        this.key = key;
        this.id = id(name, key);
        byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + KEY_BYTES);
        System.arraycopy(key, 0, encoded, X509_PREFIX.length, KEY_BYTES);
        try {
            publicKey = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new InvalidProofException("the key of " + name + " is no Ed25519 key", e);
        }
    }

    /**
     * A key from its name and its 32 bytes (RFC 8032).
     *
     * @throws InvalidProofException when the name is not allowed or the bytes are no key
     */
    public static VerifierKey of(String name, byte[] key) throws InvalidProofException {
        checkName(name);
        if (key.length != KEY_BYTES) {
            throw new InvalidProofException("the key of " + name + " has " + key.length + " bytes, 32 are needed");
        }
        return new VerifierKey(name, key.clone());
    }

    /**
     * Reads {@code name+id+key}.
     *
     * @throws InvalidProofException when anything in it is wrong, the id included
     */
    public static VerifierKey parse(String text) throws InvalidProofException {
        int first = text.indexOf('+');
        int second = first < 0 ? -1 : text.indexOf('+', first + 1);
        if (second < 0) {
            throw new InvalidProofException("a verifier key has the form name+id+key");
        }
        String name = text.substring(0, first);
        String id = text.substring(first + 1, second);
        byte[] typed = StrictBase64.decode("the verifier key", text.substring(second + 1));
        if (typed.length != 1 + KEY_BYTES || typed[0] != ED25519) {
            throw new InvalidProofException("the verifier key of " + name + " is no Ed25519 key");
        }
        VerifierKey key = of(name, Arrays.copyOfRange(typed, 1, typed.length));
        if (!id.equals(HexFormat.of().toHexDigits(key.id))) {
            throw new InvalidProofException("the verifier key's id is " + id + ", but its name and key give "
                    + HexFormat.of().toHexDigits(key.id));
        }
        return key;
    }

    static void checkName(String name) throws InvalidProofException {
        boolean allowed = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            allowed &= c > 0x20 && c != '+' && c != 0x7f && !Character.isWhitespace(c) && !Character.isSpaceChar(c);
            allowed &= c != 0x85 && !Character.isSurrogate(c);
        }
        if (!allowed) {
            throw new InvalidProofException("a key's name is not empty and has neither white space nor plus signs");
        }
    }

    /** The key itself, 32 bytes (RFC 8032, section 5.1.5). */
    public byte[] publicKey() {
        return key.clone();
    }

    private static int id(String name, byte[] key) {
        MessageDigest digest = MerkleTree.sha256();
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
        digest.update(ED25519);
        byte[] hash = digest.digest(key);
        return (hash[0] & 255) << 24 | (hash[1] & 255) << 16 | (hash[2] & 255) << 8 | hash[3] & 255;
    }

    /** Name of the signer. */
    public String name() {
        return name;
    }

    /** The first four bytes of SHA-256(name, newline, type, key), big-endian. */
    public int id() {
        return id;
    }

    /** Whether this is a signature of this key over the message. */
    public boolean verify(byte[] message, byte[] signature) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initVerify(publicKey);
            ed25519.update(message);
            return ed25519.verify(signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /** {@code name+id+key} */
    @Override
    public String toString() {
        byte[] typed = new byte[1 + KEY_BYTES];
        typed[0] = ED25519;
        System.arraycopy(key, 0, typed, 1, KEY_BYTES);
        return name + "+" + HexFormat.of().toHexDigits(id) + "+" + StrictBase64.encode(typed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey that && name.equals(that.name) && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return id;
    }
}
