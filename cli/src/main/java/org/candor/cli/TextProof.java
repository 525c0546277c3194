package org.candor.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.proof.EvidenceVerifier;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.candor.proof.JsonException;
import org.candor.proof.TlogProof;
import org.candor.proof.VerifierKey;

/**
 * Checks that the log has a text that a model wrote, as it is: the text, how it ended, the digests of the model and, of an adapter, its base's, seed, energy,
 * usage, policy, and where they are known the prompts.
 */
final class TextProof {

    private static final String OPERATION = "generate";
    /** Clients are told "length" where time was over, too: the log is more exact. */
    private static final String LENGTH = "length";

    private static final String DEADLINE = "deadline";
    /** Of so many texts each may have ended either way; of more, all that ended for want of room ended alike. */
    private static final int MOST_APART = 8;

    private TextProof() {}

    /** A text, and why it ended as clients are told. */
    record Written(String text, String finish) {}

    /** Whether a server's object is a completion, which shows its texts as they were written. */
    static boolean isCompletion(Map<String, Object> response) {
        return "text_completion".equals(response.get("object")) && response.get("candor") instanceof Map<?, ?>;
    }

    /**
     * Checks a completion as it was saved. The request is not part of it, so the prompts stay closed.
     *
     * @param json UTF-8
     */
    static TlogProof.Verified verify(byte[] json, List<Object> prompts, VerifierKey log) throws InvalidProofException {
        try {
            JsonObject response = JsonObject.of(Json.parseExactObject(json));
            List<Written> written = new ArrayList<>();
            for (JsonObject choice : response.objects("choices")) {
                written.add(new Written(choice.text("text"), choice.text("finish_reason")));
            }
            return verify(response.object("candor"), response.object("usage"), prompts, written, log);
        } catch (JsonException e) {
            throw new InvalidProofException("the text's object is not strict JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Checks texts.
     *
     * @param candor the server's object on how they came about
     * @param usage the server's
     * @param prompts as they were sent, or null where they are not known
     * @param written in order
     */
    static TlogProof.Verified verify(
            JsonObject candor, JsonObject usage, List<Object> prompts, List<Written> written, VerifierKey log)
            throws InvalidProofException {
        Map<String, Object> shown = new LinkedHashMap<>();
        for (String name : List.of("model", "seed", "masked", "policy")) {
            shown.put(name, candor.value(name));
        }
        if (candor.has("base")) {
            shown.put("base", candor.value("base"));
        }
        shown.put("energy", usage.value("energy"));
        shown.put(
                "usage",
                Map.of(
                        "prompt_tokens", usage.value("prompt_tokens"),
                        "completion_tokens", usage.value("completion_tokens"),
                        "cached_tokens", usage.object("prompt_tokens_details").value("cached_tokens")));
        if (prompts != null) {
            shown.put("prompts", prompts);
        }
        EvidenceVerifier verifier = new EvidenceVerifier(log, List.of());
        InvalidProofException refused = null;
        for (List<Map<String, Object>> continuations : continuations(written)) {
            shown.put("continuations", continuations);
            try {
                return verifier.verify(candor.members(), OPERATION, shown);
            } catch (InvalidProofException e) {
                refused = refused == null ? e : refused;
            }
        }
        throw refused;
    }

    /** What the texts may be in the log: each that ended for want of room may have ended for want of time. */
    private static List<List<Map<String, Object>>> continuations(List<Written> written) {
        int open = (int)
                written.stream().filter(each -> each.finish().equals(LENGTH)).count();
        List<List<Map<String, Object>>> all = new ArrayList<>();
        int ways = open <= MOST_APART ? 1 << open : 2;
        for (int way = 0; way < ways; way++) {
            List<Map<String, Object>> continuations = new ArrayList<>();
            int seen = 0;
            for (Written each : written) {
                boolean late = each.finish().equals(LENGTH) && (way >> (open <= MOST_APART ? seen++ : 0) & 1) == 1;
                continuations.add(Map.of("text", each.text(), "finish", late ? DEADLINE : each.finish()));
            }
            all.add(continuations);
        }
        return all;
    }
}
