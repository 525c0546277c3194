package org.candor.proof;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A text with signatures (c2sp.org/signed-note).
 *
 * @param text ends with a newline
 * @param signatures in their order, at least one
 */
public record SignedNote(String text, List<Signed> signatures) {

    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_SIGNATURES = 100;
    private static final String MARK = "\u2014 ";

    /**
     * One signature line.
     *
     * @param name of the signer
     * @param keyId of the signer's key
     * @param signature without the key's id
     */
    public record Signed(String name, int keyId, byte[] signature) {}

    public SignedNote {
        signatures = List.copyOf(signatures);
    }

    /**
     * Reads a note. Nothing is verified.
     *
     * @throws InvalidProofException when it is malformed
     */
    public static SignedNote parse(String note) throws InvalidProofException {
        if (note.length() > MAX_CHARACTERS) {
            throw new InvalidProofException("a note of more than " + MAX_CHARACTERS + " characters");
        }
        for (int i = 0; i < note.length(); i++) {
            char c = note.charAt(i);
            if (c < 0x20 && c != '\n' || c == 0xfffd) {
                throw new InvalidProofException("a note has no control characters");
            }
        }
        int split = note.lastIndexOf("\n\n");
        if (split < 0 || !note.endsWith("\n") || split + 2 >= note.length()) {
            throw new InvalidProofException("a note is a text, a blank line and signatures");
        }
        String[] lines = note.substring(split + 2, note.length() - 1).split("\n", -1);
        if (lines.length > MAX_SIGNATURES) {
            throw new InvalidProofException("a note with more than " + MAX_SIGNATURES + " signatures");
        }
        List<Signed> signatures = new ArrayList<>();
        for (String line : lines) {
            signatures.add(signature(line));
        }
        return new SignedNote(note.substring(0, split + 1), signatures);
    }

    private static Signed signature(String line) throws InvalidProofException {
        int space = line.lastIndexOf(' ');
        if (!line.startsWith(MARK) || space < MARK.length()) {
            throw new InvalidProofException("a signature line has the form \"\u2014 name signature\"");
        }
        String name = line.substring(MARK.length(), space);
        VerifierKey.checkName(name);
        byte[] bytes = StrictBase64.decode("the signature of " + name, line.substring(space + 1));
        if (bytes.length < 5) {
            throw new InvalidProofException("the signature of " + name + " is too short");
        }
        int id = (bytes[0] & 255) << 24 | (bytes[1] & 255) << 16 | (bytes[2] & 255) << 8 | bytes[3] & 255;
        return new Signed(name, id, Arrays.copyOfRange(bytes, 4, bytes.length));
    }

    /**
     * Checks every signature by a known key.
     *
     * @return the keys that signed, in the order of the signatures; lines by unknown keys are passed over
     * @throws InvalidProofException when a known key's signature is wrong or repeated, or none is there, or the known
     *     keys are ambiguous
     */
    public List<VerifierKey> verify(Collection<VerifierKey> known) throws InvalidProofException {
        List<VerifierKey> signers = new ArrayList<>();
        byte[] message = text.getBytes(StandardCharsets.UTF_8);
        for (Signed signed : signatures) {
            VerifierKey key = find(signed, known);
            if (key == null) {
                continue;
            }
            if (signers.contains(key)) {
                throw new InvalidProofException("the note is signed twice by " + key.name());
            }
            if (!key.verify(message, signed.signature())) {
                throw new InvalidProofException("the signature of " + key.name() + " is wrong");
            }
            signers.add(key);
        }
        if (signers.isEmpty()) {
            throw new InvalidProofException("the note is not signed by "
                    + String.join(" or ", known.stream().map(VerifierKey::name).toList()));
        }
        return signers;
    }

    private static VerifierKey find(Signed signed, Collection<VerifierKey> known) throws InvalidProofException {
        VerifierKey found = null;
        for (VerifierKey key : known) {
            if (key.name().equals(signed.name()) && key.id() == signed.keyId()) {
                if (found != null) {
                    throw new InvalidProofException("two known keys have the name and id of " + key.name());
                }
                found = key;
            }
        }
        return found;
    }
}
