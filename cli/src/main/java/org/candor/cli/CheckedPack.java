package org.candor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.candor.proof.PackIdentity;

/** A pack's files held against its card, as the server does it before it trusts a signature. */
final class CheckedPack {

    private static final int MOST_CARD = 1 << 20;
    private static final int BUFFER = 1 << 16;

    private CheckedPack() {}

    /**
     * Reads every file of the pack.
     *
     * @return what is to be signed
     * @throws IOException naming what is not as the card says: nobody should sign that
     */
    static PackIdentity of(UnsignedPack pack) throws IOException {
        byte[] json;
        try (InputStream in = pack.read(PackIdentity.CARD)) {
            json = in.readNBytes(MOST_CARD + 1);
        }
        if (json.length > MOST_CARD) {
            throw new IOException(PackIdentity.CARD + " is larger than " + MOST_CARD + " bytes");
        }
        Map<?, ?> card;
        try {
            card = (Map<?, ?>) Json.parse(json);
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new IOException(PackIdentity.CARD + " is no JSON object: " + e.getMessage(), e);
        }
        if (!(card.get("name") instanceof String name)
                || !(card.get("version") instanceof String version)
                || !(card.get("files") instanceof Map<?, ?> files)) {
            throw new IOException(PackIdentity.CARD + " lacks name, version or files");
        }
        Map<String, String> digests = new TreeMap<>();
        for (Map.Entry<?, ?> file : files.entrySet()) {
            String expected = file.getValue() instanceof Map<?, ?> values ? String.valueOf(values.get("sha256")) : "";
            String found = sha256(pack, (String) file.getKey());
            if (!found.equals(expected)) {
                throw new IOException(
                        file.getKey() + " has SHA-256 " + found + ", but " + PackIdentity.CARD + " says " + expected);
            }
            digests.put((String) file.getKey(), found);
        }
        try {
            PackIdentity.covers(pack.files(), digests.keySet());
        } catch (InvalidProofException e) {
            throw new IOException(e.getMessage(), e);
        }
        return new PackIdentity(pack.kind(), name, version, PackIdentity.digest(digests, json));
    }

    private static String sha256(UnsignedPack pack, String file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = pack.read(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
