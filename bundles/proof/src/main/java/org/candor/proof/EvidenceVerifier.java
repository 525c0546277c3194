package org.candor.proof;

import java.util.List;
import java.util.Map;

/**
 * Checks the evidence of an operation with nothing but the log's public key: that the log holds the entry {@code leaf}, and
 * that the entry commits to what is shown. What the entry commits to and is not shown stays closed. Thread safe.
 */
public final class EvidenceVerifier {

    private final VerifierKey log;
    private final List<VerifierKey> others;

    /**
     * @param log key of the log
     * @param others further keys whose signatures on checkpoints are accepted besides the log's
     */
    public EvidenceVerifier(VerifierKey log, List<VerifierKey> others) {
        this.log = log;
        this.others = List.copyOf(others);
    }

    /**
     * Checks evidence and what it stands for.
     *
     * @param evidence with {@code proof}, {@code leaf} and {@code openings}
     * @param operation that the entry has to be of, such as {@code generate}
     * @param shown values by the names under which the entry commits to them
     * @throws InvalidProofException with the reason when the entry is not in the log, is of another operation, or commits to
     *     another value of anything shown, or to none
     */
    public TlogProof.Verified verify(Map<String, Object> evidence, String operation, Map<String, Object> shown)
            throws InvalidProofException {
        Map<?, ?> leaf = object(evidence, "leaf");
        if (!operation.equals(leaf.get("operation"))) {
            throw new InvalidProofException("the log entry is of the operation \"" + leaf.get("operation")
                    + "\", not of \"" + operation + "\"");
        }
        Map<?, ?> openings = object(evidence, "openings");
        Map<?, ?> commitments = object(leaf, "commitments");
        for (Map.Entry<String, Object> member : shown.entrySet()) {
            checkCommitment(
                    member.getKey(),
                    member.getValue(),
                    openings.get(member.getKey()),
                    commitments.get(member.getKey()));
        }
        return checkEntry(evidence, log, others);
    }

    /** That the log holds the leaf. */
    static TlogProof.Verified checkEntry(Map<?, ?> evidence, VerifierKey log, List<VerifierKey> others)
            throws InvalidProofException {
        if (!(evidence.get("proof") instanceof String proof)) {
            throw new InvalidProofException("there is no proof");
        }
        byte[] entry;
        try {
            entry = Json.canonical(object(evidence, "leaf"));
        } catch (JsonException e) {
            throw new InvalidProofException("the leaf has no canonical form: " + e.getMessage(), e);
        }
        return TlogProof.parse(proof).verify(entry, log, others);
    }

    static Map<?, ?> object(Map<?, ?> parent, String name) throws InvalidProofException {
        if (parent.get(name) instanceof Map<?, ?> object) {
            return object;
        }
        throw new InvalidProofException("\"" + name + "\" is missing or no object");
    }

    static void checkCommitment(String member, Object value, Object opening, Object commitment)
            throws InvalidProofException {
        if (!(opening instanceof String key) || !(commitment instanceof String expected)) {
            throw new InvalidProofException("opening and commitment of \"" + member + "\" have to be strings");
        }
        byte[] bytes = StrictBase64.decode("the opening of \"" + member + "\"", key);
        if (bytes.length != Commitments.KEY_BYTES) {
            throw new InvalidProofException("the opening of \"" + member + "\" does not have 32 bytes");
        }
        String found;
        try {
            found = Commitments.commit(bytes, value);
        } catch (JsonException e) {
            throw new InvalidProofException("\"" + member + "\" has no canonical form: " + e.getMessage(), e);
        }
        if (!found.equals(expected)) {
            throw new InvalidProofException("\"" + member + "\" is not what the log entry commits to");
        }
    }
}
