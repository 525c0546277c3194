package org.candor.models.internal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.proof.InvalidProofException;
import org.candor.proof.SignedNote;
import org.candor.proof.VerifierKey;

/**
 * Which packs are trusted: those whose digest is pinned by the build, those that a trusted key has signed, and unsigned
 * ones that the configuration names. Immutable and thread safe.
 */
final class Trust {

    /** The signature's file in a pack; no part of its digest. */
    static final String SIGNATURE = "card.sig";

    private static final String STATEMENT = "candor.org/model-pack/v1";
    private static final int MOST_SIGNATURE = 1 << 16;
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

    private final Map<String, String> pinned;
    private final List<VerifierKey> keys;
    private final Set<String> unsigned;
    private final boolean everything;

    private Trust(Map<String, String> pinned, List<VerifierKey> keys, Set<String> unsigned, boolean everything) {
        this.pinned = pinned;
        this.keys = keys;
        this.unsigned = unsigned;
        this.everything = everything;
    }

    /**
     * @param pins digest and what it is, by digest
     * @param trustedKeys verifier keys, each element one or several separated by commas
     * @param unsigned digests, name:version or {@code true}, likewise
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    static Trust of(Map<String, String> pins, String[] trustedKeys, String[] unsigned) {
        List<VerifierKey> keys = new ArrayList<>();
        for (String key : split(trustedKeys)) {
            try {
                keys.add(VerifierKey.parse(key));
            } catch (InvalidProofException e) {
                throw new IllegalArgumentException(
                        "org.candor.models: trustedKeys holds \"" + key + "\": " + e.getMessage());
            }
        }
        Set<String> allowed = new HashSet<>();
        boolean everything = false;
        for (String entry : split(unsigned)) {
            boolean digest = DIGEST.matcher(entry).matches();
            int colon = entry.indexOf(':');
            if (entry.equals("true")) {
                everything = true;
            } else if (digest || !entry.startsWith("sha256:") && colon > 0 && colon < entry.length() - 1) {
                allowed.add(entry);
            } else if (!entry.equals("false")) {
                throw new IllegalArgumentException("org.candor.models: unsigned holds \"" + entry
                        + "\", allowed are name:version, sha256: and 64 hexadecimal digits, true, or nothing");
            }
        }
        return new Trust(Map.copyOf(pins), List.copyOf(keys), Set.copyOf(allowed), everything);
    }

    private static List<String> split(String[] entries) {
        List<String> parts = new ArrayList<>();
        for (String part : String.join(",", entries).split(",")) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    /**
     * Reads pins: lines {@code sha256:DIGEST  what it is}; a file that is not there pins nothing.
     *
     * @throws IOException naming the line that is wrong
     */
    static Map<String, String> pins(Path file) throws IOException {
        Map<String, String> pins = new HashMap<>();
        if (file == null || !Files.isRegularFile(file)) {
            return pins;
        }
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.strip().split("\\s+", 2);
            if (parts.length != 2 || !DIGEST.matcher(parts[0]).matches()) {
                throw new IOException(file + ", line " + number + ": \"sha256:DIGEST  NAME VERSION\" is needed");
            }
            pins.put(parts[0], parts[1]);
        }
        return pins;
    }

    /** What a signature stands over. */
    static String statement(ModelId id) {
        return STATEMENT + "\n" + id.name() + " " + id.version() + "\n" + id.digest() + "\n";
    }

    /** Whether an unsigned pack of this name and version may be looked at. */
    boolean allowsUnsigned(String name, String version) {
        return everything || unsigned.contains(name + ":" + version);
    }

    /** How to allow an unsigned pack. */
    static String howToAllow(String name, String version) {
        return "it is not signed by a trusted key: have it signed, or add " + name + ":" + version
                + " to unsigned in org.candor.models.cfg";
    }

    /**
     * @return why the pack is trusted, in a few words
     * @throws ModelFormatException saying why it is not, and what to do
     */
    String check(ModelPack pack, ModelId id) throws IOException {
        if (pinned.containsKey(id.digest())) {
            return "ships with this build";
        }
        String signer = signer(pack, id);
        if (signer != null) {
            return "signed by " + signer;
        }
        if (everything) {
            return "unsigned; the configuration allows all unsigned packs";
        }
        if (unsigned.contains(id.digest()) || unsigned.contains(id.name() + ":" + id.version())) {
            return "unsigned; the configuration allows this one";
        }
        throw new ModelFormatException(
                pack.location() + ": " + howToAllow(id.name(), id.version()) + " (its digest is " + id.digest() + ")");
    }

    /** The trusted keys that signed the pack, or null when none did. A signature that is wrong is an error. */
    private String signer(ModelPack pack, ModelId id) throws IOException {
        byte[] bytes;
        try (InputStream in = pack.open(SIGNATURE)) {
            bytes = in.readNBytes(MOST_SIGNATURE);
        } catch (FileNotFoundException | java.nio.file.NoSuchFileException e) {
            return null;
        }
        try {
            SignedNote note = SignedNote.parse(new String(bytes, StandardCharsets.UTF_8));
            if (!note.text().equals(statement(id))) {
                throw new ModelFormatException(pack.location() + ": " + SIGNATURE + " is a signature over \""
                        + note.text().strip().replace('\n', ' ') + "\", not over this pack ("
                        + statement(id).strip().replace('\n', ' ') + ")");
            }
            boolean known = note.signatures().stream().anyMatch(signed -> keys.stream()
                    .anyMatch(key -> key.name().equals(signed.name()) && key.id() == signed.keyId()));
            if (!known) {
                return null;
            }
            return String.join(
                    ", ", note.verify(keys).stream().map(VerifierKey::name).toList());
        } catch (InvalidProofException e) {
            throw new ModelFormatException(pack.location() + ": " + SIGNATURE + ": " + e.getMessage(), e);
        }
    }
}
