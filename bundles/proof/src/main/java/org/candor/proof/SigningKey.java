package org.candor.proof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.UnaryOperator;

/** An Ed25519 key that signs notes under a name. Thread safe. */
public final class SigningKey {

    private static final String FORMAT = "candor-signing-key/v1";
    private static final String PROBE = "a message to try the key with";

    private final PrivateKey privateKey;
    private final VerifierKey verifier;
    private final UnaryOperator<byte[]> ed25519;

    private SigningKey(PrivateKey privateKey, VerifierKey verifier) {
        this(privateKey, verifier, message -> signature(privateKey, message));
    }

    private SigningKey(PrivateKey privateKey, VerifierKey verifier, UnaryOperator<byte[]> ed25519) {
        this.privateKey = privateKey;
        this.verifier = verifier;
        this.ed25519 = ed25519;
    }

    /** Another implementation of Ed25519 (RFC 8032, section 5.1.6). Thread safe. */
    @FunctionalInterface
    public interface Ed25519 {
        /**
         * Signs.
         *
         * @param seed the private key, 32 bytes
         * @param publicKey 32 bytes
         * @return 64 bytes
         */
        byte[] sign(byte[] seed, byte[] publicKey, byte[] message);
    }

    /**
     * The same key, signing by another implementation than the JDK's. Signatures are the same bytes: Ed25519 has no
     * choice in them.
     *
     * @throws IllegalStateException when they are not
     */
    public SigningKey signingBy(Ed25519 other) {
        byte[] seed = ((EdECPrivateKey) privateKey)
                .getBytes()
                .orElseThrow(() -> new IllegalStateException("the key is not at hand, only a reference to it"));
        byte[] publicKey = verifier.publicKey();
        UnaryOperator<byte[]> sign = message -> other.sign(seed, publicKey, message);
        byte[] probe = PROBE.getBytes(StandardCharsets.US_ASCII);
        if (!Arrays.equals(sign.apply(probe), ed25519.apply(probe))) {
            throw new IllegalStateException("this implementation of Ed25519 gives other signatures than the JDK's");
        }
        return new SigningKey(privateKey, verifier, sign);
    }

    /**
     * A new key.
     *
     * @param name not empty, without white space and plus signs
     * @throws InvalidProofException when the name is not allowed
     */
    public static SigningKey generate(String name) throws InvalidProofException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return new SigningKey(pair.getPrivate(), VerifierKey.of(name, bytes((EdECPublicKey) pair.getPublic())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform since 15 has Ed25519", e);
        }
    }

    /** RFC 8032, section 5.1.2: y little-endian, the sign of x in the highest bit. */
    private static byte[] bytes(EdECPublicKey key) {
        byte[] y = key.getPoint().getY().toByteArray();
        byte[] bytes = new byte[32];
        for (int i = 0; i < y.length && i < 32; i++) {
            bytes[i] = y[y.length - 1 - i];
        }
        if (key.getPoint().isXOdd()) {
            bytes[31] |= (byte) 0x80;
        }
        return bytes;
    }

    /**
     * Reads what {@link #secret} wrote.
     *
     * @throws InvalidProofException when the text is damaged
     */
    public static SigningKey parse(String secret) throws InvalidProofException {
        String[] parts = secret.strip().split(" ");
        if (parts.length != 3 || !parts[0].equals(FORMAT)) {
            throw new InvalidProofException("a signing key has the form \"" + FORMAT + " verifier-key private-key\"");
        }
        VerifierKey verifier = VerifierKey.parse(parts[1]);
        SigningKey key;
        try {
            PrivateKey privateKey = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(StrictBase64.decode("the signing key", parts[2])));
            key = new SigningKey(privateKey, verifier);
        } catch (GeneralSecurityException e) {
            throw new InvalidProofException("the signing key is no Ed25519 key", e);
        }
        byte[] probe = PROBE.getBytes(StandardCharsets.US_ASCII);
        if (!verifier.verify(probe, key.ed25519.apply(probe))) {
            throw new InvalidProofException(
                    "the private and the public half of the signing key do not belong together");
        }
        return key;
    }

    /** The key as one line of text, to be kept where only the log can read it. */
    public String secret() {
        return FORMAT + " " + verifier + " " + Base64.getEncoder().encodeToString(privateKey.getEncoded());
    }

    /** The key that others check signatures with. */
    public VerifierKey verifier() {
        return verifier;
    }

    /**
     * Signs a note.
     *
     * @param text ends with a newline
     * @return the text, a blank line and one signature line
     */
    public String sign(String text) {
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("the text of a note ends with a newline");
        }
        byte[] signature = ed25519.apply(text.getBytes(StandardCharsets.UTF_8));
        ByteBuffer line = ByteBuffer.allocate(4 + signature.length);
        line.putInt(verifier.id()).put(signature);
        return text + "\n\u2014 " + verifier.name() + " " + StrictBase64.encode(line.array()) + "\n";
    }

    private static byte[] signature(PrivateKey privateKey, byte[] message) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(privateKey);
            ed25519.update(message);
            return ed25519.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key was checked when it was made", e);
        }
    }
}
