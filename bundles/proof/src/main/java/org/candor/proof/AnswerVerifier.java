package org.candor.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks a saved answer with nothing but the log's public key: that the log holds the entry {@code leaf}, and that the
 * entry stands for this very answer. An answer that passes was logged as it is, in every member but {@code id} and
 * {@code timings}.
 */
public final class AnswerVerifier {

    private final VerifierKey log;
    private final List<VerifierKey> others;

    /**
     * @param log key of the log
     * @param others further keys whose signatures on checkpoints are accepted besides the log's
     */
    public AnswerVerifier(VerifierKey log, List<VerifierKey> others) {
        this.log = log;
        this.others = List.copyOf(others);
    }

    /**
     * Checks an answer as it was saved. A number that would have to be rounded is refused, since its last digits could be
     * changed without changing what it is read as.
     *
     * @param json UTF-8
     * @throws InvalidProofException with the reason when anything but {@code id} and {@code timings} was changed
     */
    public TlogProof.Verified verify(byte[] json) throws InvalidProofException {
        try {
            return verify(Json.parseExactObject(json));
        } catch (JsonException e) {
            throw new InvalidProofException("the answer is not strict JSON: " + e.getMessage(), e);
        }
    }

    /** Checks an answer; see {@link #verify(byte[])}. */
    public TlogProof.Verified verify(Map<String, Object> answer) throws InvalidProofException {
        if (!(answer.get("proof") instanceof String proof)) {
            throw new InvalidProofException("the answer has no proof");
        }
        Map<?, ?> leaf = object(answer, "leaf");
        Map<?, ?> openings = object(answer, "openings");
        Map<?, ?> commitments = object(leaf, "commitments");
        List<Object> missing =
                new ArrayList<>(Commitments.REQUIRED.stream().sorted().toList());
        missing.removeAll(answer.keySet());
        if (!missing.isEmpty()) {
            throw new InvalidProofException("the answer lacks " + missing);
        }
        Set<String> members = new TreeSet<>(answer.keySet());
        members.removeAll(Commitments.UNCOMMITTED);
        checkSame("commitment", members, commitments);
        checkSame("opening", members, openings);
        for (String member : members) {
            checkCommitment(member, answer.get(member), openings.get(member), commitments.get(member));
        }
        byte[] entry;
        try {
            entry = Json.canonical(leaf);
        } catch (JsonException e) {
            throw new InvalidProofException("the leaf has no canonical form: " + e.getMessage(), e);
        }
        return TlogProof.parse(proof).verify(entry, log, others);
    }

    private static Map<?, ?> object(Map<?, ?> parent, String name) throws InvalidProofException {
        if (parent.get(name) instanceof Map<?, ?> object) {
            return object;
        }
        throw new InvalidProofException("\"" + name + "\" is missing or no object");
    }

    private static void checkSame(String what, Set<String> members, Map<?, ?> names) throws InvalidProofException {
        for (String member : members) {
            if (!names.containsKey(member)) {
                throw new InvalidProofException("there is no " + what + " for the member \"" + member + "\"");
            }
        }
        for (Object name : names.keySet()) {
            if (!(name instanceof String member) || !members.contains(member)) {
                throw new InvalidProofException("no member belongs to the " + what + " of \"" + name + "\"");
            }
        }
    }

    private static void checkCommitment(String member, Object value, Object opening, Object commitment)
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
