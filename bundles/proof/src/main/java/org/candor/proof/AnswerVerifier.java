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
        if (!(answer.get("proof") instanceof String)) {
            throw new InvalidProofException("the answer has no proof");
        }
        Map<?, ?> leaf = EvidenceVerifier.object(answer, "leaf");
        Map<?, ?> openings = EvidenceVerifier.object(answer, "openings");
        Map<?, ?> commitments = EvidenceVerifier.object(leaf, "commitments");
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
            EvidenceVerifier.checkCommitment(member, answer.get(member), openings.get(member), commitments.get(member));
        }
        return EvidenceVerifier.checkEntry(answer, log, others);
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
}
