package org.candor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.candor.proof.Json;

/**
 * What a pack's signature stands over. The digest is the SHA-256 of one line {@code <sha256 hex>  <name>} per file of the
 * pack, {@code card.json} included and {@code card.sig} left out, sorted by name: as the server computes it.
 */
record PackDigest(String name, String version, String digest) {

    static final String CARD = "card.json";
    static final String SIGNATURE = "card.sig";

    private static final int MOST_CARD = 1 << 20;
    private static final int BUFFER = 1 << 16;

    /**
     * Reads every file of the pack.
     *
     * @throws IOException naming what is not as the card says: nobody should sign that
     */
    static PackDigest of(UnsignedPack pack) throws IOException {
        byte[] json;
        try (InputStream in = pack.read(CARD)) {
            json = in.readNBytes(MOST_CARD);
        }
        Map<?, ?> card;
        try {
            card = (Map<?, ?>) Json.parse(json);
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new IOException(CARD + " is no JSON object: " + e.getMessage(), e);
        }
        if (!(card.get("name") instanceof String name)
                || !(card.get("version") instanceof String version)
                || !(card.get("files") instanceof Map<?, ?> files)) {
            throw new IOException(CARD + " lacks name, version or files");
        }
        Map<String, String> digests = new TreeMap<>();
        for (Map.Entry<?, ?> file : files.entrySet()) {
            String expected = file.getValue() instanceof Map<?, ?> values ? String.valueOf(values.get("sha256")) : "";
            String found = sha256(pack, (String) file.getKey());
            if (!found.equals(expected)) {
                throw new IOException(file.getKey() + " has SHA-256 " + found + ", but " + CARD + " says " + expected);
            }
            digests.put((String) file.getKey(), found);
        }
        Set<String> unlisted = new TreeSet<>(pack.files());
        unlisted.removeAll(digests.keySet());
        unlisted.removeAll(Set.of(CARD, SIGNATURE));
        if (!unlisted.isEmpty()) {
            throw new IOException(unlisted + " would not be covered by the signature: " + CARD + " does not list them");
        }
        digests.put(CARD, HexFormat.of().formatHex(sha256().digest(json)));
        MessageDigest all = sha256();
        digests.forEach((file, hex) -> all.update((hex + "  " + file + "\n").getBytes(StandardCharsets.UTF_8)));
        return new PackDigest(name, version, "sha256:" + HexFormat.of().formatHex(all.digest()));
    }

    /** The text that is signed. */
    String statement() {
        return "candor.org/model-pack/v1\n" + name + " " + version + "\n" + digest + "\n";
    }

    private static String sha256(UnsignedPack pack, String file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = pack.read(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
