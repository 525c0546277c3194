package org.candor.policy.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.policy.PolicyId;
import org.candor.proof.PackIdentity;
import org.candor.proof.PackKind;

/**
 * The card.json of a policy pack: what the policy is for, and the digest of every other file. The policy's digest is the
 * SHA-256 of one line {@code <sha256 hex>  <name>\n} per file, the card included, sorted by name: what
 * {@code sha256sum *|sha256sum} prints in the pack's POLICY folder.
 *
 * @param id name, version and digest
 * @param files SHA-256 in hexadecimal by name, the card itself left out
 * @param values the card as JSON values
 */
record PolicyCard(PolicyId id, Map<String, String> files, Map<String, Object> values) {

    private static final String NAME = "[a-z0-9][a-z0-9._-]{0,63}";
    private static final String FILE = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";
    private static final String SHA256 = "[0-9a-f]{64}";

    static PolicyCard read(byte[] json) {
        JsonReader card = JsonReader.object("card.json", json);
        String name = card.matching("name", NAME);
        String version = card.matching("version", NAME);
        Map<String, String> files = new TreeMap<>();
        JsonReader listed = card.inside("files");
        for (String file : listed.names()) {
            if (!file.matches(FILE) || file.equals("card.json")) {
                throw listed.wrong(file, "a pack's file is named by letters, digits, dot, dash and underscore");
            }
            files.put(file, listed.inside(file).matching("sha256", SHA256));
        }
        return new PolicyCard(new PolicyId(name, version, PackIdentity.digest(files, json)), files, card.values());
    }

    /** What a signature of the pack stands over. */
    static PackIdentity identity(PolicyId id) {
        return new PackIdentity(PackKind.POLICY, id.name(), id.version(), id.digest());
    }

    /** In hexadecimal. */
    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
