package org.candor.proof;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which pack it is: what its card says, and the digest over its files.
 *
 * @param kind what it carries
 * @param name as its card says
 * @param version likewise
 * @param digest {@code sha256:} and 64 hexadecimal digits
 */
public record PackIdentity(PackKind kind, String name, String version, String digest) {

    /** Names every other file with its SHA-256. */
    public static final String CARD = "card.json";

    /** The signature's file; it is no part of the digest. */
    public static final String SIGNATURE = "card.sig";

    /**
     * The digest over a pack: the SHA-256 of one line {@code <sha256 hex>  <name>\n} per file, the card included, sorted by
     * name. It is what {@code sha256sum * | sha256sum} prints in a folder with these files and no signature.
     *
     * @param files SHA-256 in hexadecimal by name, without the card
     * @param card the card as it is
     */
    public static String digest(Map<String, String> files, byte[] card) {
        Map<String, String> all = new TreeMap<>(files);
        MessageDigest sha256 = MerkleTree.sha256();
        all.put(CARD, HexFormat.of().formatHex(sha256.digest(card)));
        all.forEach((name, hex) -> sha256.update((hex + "  " + name + "\n").getBytes(StandardCharsets.UTF_8)));
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }

    /**
     * Refuses a file that neither digest nor signature cover.
     *
     * @param present names of the files in the pack, or of its folders
     * @param listed names of the files that its card lists
     * @throws InvalidProofException naming those that are too many, and those that the card must not list
     */
    public static void covers(Collection<String> present, Collection<String> listed) throws InvalidProofException {
        for (String own : new String[] {CARD, SIGNATURE}) {
            if (listed.contains(own)) {
                throw new InvalidProofException(CARD + " lists " + own + ", which its digests cannot cover");
            }
        }
        TreeSet<String> unlisted = new TreeSet<>(present);
        unlisted.removeAll(listed);
        unlisted.remove(CARD);
        unlisted.remove(SIGNATURE);
        if (!unlisted.isEmpty()) {
            throw new InvalidProofException(CARD + " does not list " + String.join(", ", unlisted)
                    + ": neither digest nor signature would cover it; take it out, or list it and sign again");
        }
    }

    /** The text that a signature stands over: kind, name and version, digest; a line each. */
    public String statement() {
        return kind.statement() + "\n" + name + " " + version + "\n" + digest + "\n";
    }
}
