package org.candor.proof;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which packs are trusted: those whose digest the build pins, those that a trusted key has signed, and unsigned ones that
 * the configuration names. The name and version of a pinned pack belong to that very pack, whoever signed another one.
 * Immutable and thread safe.
 */
public final class PackTrust {

    /** Most bytes of a signature file. */
    public static final int MOST_SIGNATURE = 1 << 16;

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern NAMED = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}:[a-z0-9][a-z0-9._-]{0,63}");

    private final PackKind kind;
    private final Map<String, String> pinned;
    private final List<VerifierKey> keys;
    private final Set<String> unsigned;
    private final boolean everything;

    private PackTrust(
            PackKind kind,
            Map<String, String> pinned,
            List<VerifierKey> keys,
            Set<String> unsigned,
            boolean everything) {
        this.kind = kind;
        this.pinned = Map.copyOf(pinned);
        this.keys = List.copyOf(keys);
        this.unsigned = Set.copyOf(unsigned);
        this.everything = everything;
    }

    /**
     * @param pins {@code name:version} by digest, as {@link #pins} reads them
     * @param trustedKeys verifier keys, each element one or several separated by commas
     * @param unsigned digests, name:version or {@code true}, likewise
     * @throws IllegalArgumentException naming PID, key, value and what is allowed
     */
    public static PackTrust of(
            PackKind kind, Map<String, String> pins, Collection<String> trustedKeys, Collection<String> unsigned) {
        List<VerifierKey> keys = new ArrayList<>();
        for (String entry : split(trustedKeys)) {
            VerifierKey key;
            try {
                key = VerifierKey.parse(entry);
            } catch (InvalidProofException e) {
                throw wrong(
                        kind, "trustedKeys", entry, "verifier keys (./candor pack-key prints one): " + e.getMessage());
            }
            if (!keys.contains(key)) {
                keys.add(key);
            }
        }
        Set<String> allowed = new HashSet<>();
        boolean everything = false;
        for (String entry : split(unsigned)) {
            if (entry.equals("true")) {
                everything = true;
            } else if (DIGEST.matcher(entry).matches()
                    || !entry.startsWith("sha256:") && NAMED.matcher(entry).matches()) {
                allowed.add(entry);
            } else if (!entry.equals("false")) {
                throw wrong(
                        kind, "unsigned", entry, "name:version, sha256: and 64 hexadecimal digits, true, or nothing");
            }
        }
        return new PackTrust(kind, pins, keys, allowed, everything);
    }

    private static IllegalArgumentException wrong(PackKind kind, String key, String value, String allowed) {
        return new IllegalArgumentException(
                kind.pid() + ": " + key + " holds \"" + value + "\"; allowed are " + allowed);
    }

    private static List<String> split(Collection<String> entries) {
        List<String> parts = new ArrayList<>();
        for (String part : String.join(",", entries).split(",")) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    /**
     * Reads pins: lines {@code sha256:DIGEST NAME VERSION}; blank ones, and those that begin with #, say nothing.
     *
     * @param source of the lines, for messages
     * @return {@code name:version} by digest
     * @throws InvalidProofException naming the line that is wrong
     */
    public static Map<String, String> pins(String source, List<String> lines) throws InvalidProofException {
        Map<String, String> pins = new HashMap<>();
        int number = 0;
        for (String line : lines) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.strip().split("\\s+");
            if (parts.length != 3
                    || !DIGEST.matcher(parts[0]).matches()
                    || !NAMED.matcher(parts[1] + ":" + parts[2]).matches()) {
                throw new InvalidProofException(
                        source + ", line " + number + ": \"sha256:DIGEST NAME VERSION\" is needed");
            }
            pins.put(parts[0], parts[1] + ":" + parts[2]);
        }
        return pins;
    }

    /** Whether an unsigned pack of this name and version may be looked at: its digest is not known yet. */
    public boolean allowsUnsigned(String name, String version) {
        String named = name + ":" + version;
        return (everything || unsigned.contains(named)) && !pinned.containsValue(named);
    }

    /** How to have a pack trusted that is not signed. */
    public String howToAllow(String name, String version) {
        return "it is not signed by a trusted key: have it signed, or add " + name + ":" + version + " to unsigned in "
                + file();
    }

    private String file() {
        return "etc/" + kind.pid() + ".cfg";
    }

    /**
     * Whether a pack is trusted. A signature that is wrong is refused even where unsigned packs are allowed.
     *
     * @param pack of this kind; that its files have their digests is for the caller to see to
     * @param signature content of its signature file, or null where it has none
     * @return why it is trusted, in a few words
     * @throws InvalidProofException saying in one line why it is not, and what to do
     */
    public String check(PackIdentity pack, byte[] signature) throws InvalidProofException {
        if (pack.kind() != kind) {
            throw new InvalidProofException("it is no pack of the kind " + kind);
        }
        if (pinned.containsKey(pack.digest())) {
            return "ships with this build";
        }
        String named = pack.name() + ":" + pack.version();
        if (pinned.containsValue(named) && !unsigned.contains(pack.digest())) {
            throw new InvalidProofException(named + " comes with this build, and this pack has other content ("
                    + pack.digest() + "): give it another version");
        }
        SignedNote note = signature == null ? null : note(pack, signature);
        String signers = note == null ? null : signers(note);
        if (signers != null) {
            return "signed by " + signers;
        }
        if (unsigned.contains(pack.digest()) || unsigned.contains(named)) {
            return "unsigned; the configuration allows this one";
        }
        if (everything) {
            return "unsigned; the configuration allows all unsigned packs";
        }
        String digest = " (its digest is " + pack.digest() + ")";
        if (note == null) {
            throw new InvalidProofException(howToAllow(pack.name(), pack.version()) + digest);
        }
        throw new InvalidProofException("it is not signed by a trusted key, but by " + unknown(note)
                + ": add that key to trustedKeys, or " + named + " to unsigned, in " + file() + digest);
    }

    /** The note, when it is one over this pack. */
    private static SignedNote note(PackIdentity pack, byte[] signature) throws InvalidProofException {
        SignedNote note;
        try {
            if (signature.length > MOST_SIGNATURE) {
                throw new InvalidProofException("larger than " + MOST_SIGNATURE + " bytes");
            }
            note = SignedNote.parse(new String(signature, StandardCharsets.UTF_8));
        } catch (InvalidProofException e) {
            throw new InvalidProofException(PackIdentity.SIGNATURE + ": " + e.getMessage(), e);
        }
        if (!note.text().equals(pack.statement())) {
            throw new InvalidProofException(PackIdentity.SIGNATURE + " is a signature over \"" + line(note.text())
                    + "\", not over this pack (" + line(pack.statement()) + ")");
        }
        return note;
    }

    private static String line(String text) {
        String line = text.strip().replace('\n', ' ');
        return line.length() > 200 ? line.substring(0, 200) + "..." : line;
    }

    /** The trusted keys that signed, or null when none did; a trusted key's signature that is wrong is an error. */
    private String signers(SignedNote note) throws InvalidProofException {
        boolean known = note.signatures().stream().anyMatch(signed -> keys.stream()
                .anyMatch(key -> key.name().equals(signed.name()) && key.id() == signed.keyId()));
        if (!known) {
            return null;
        }
        try {
            return note.verify(keys).stream().map(VerifierKey::name).collect(Collectors.joining(", "));
        } catch (InvalidProofException e) {
            throw new InvalidProofException(PackIdentity.SIGNATURE + ": " + e.getMessage(), e);
        }
    }

    /** Names and key ids, as verifier keys write them. */
    private static String unknown(SignedNote note) {
        return line(note.signatures().stream()
                .map(signed -> "%s+%08x".formatted(signed.name(), signed.keyId()))
                .distinct()
                .collect(Collectors.joining(" and ")));
    }
}
