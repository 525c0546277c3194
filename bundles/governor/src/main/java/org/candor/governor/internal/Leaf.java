package org.candor.governor.internal;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.candor.api.consent.SubjectKeys;
import org.candor.api.operation.Caller;
import org.candor.proof.Commitments;

/**
 * A log entry. It holds no content: each member of the result is committed by HMAC-SHA-256 over its RFC 8785 JSON. The
 * keys derive from the caller's key and the entry's nonce, so destroying the caller's key makes the entry unlinkable
 * here, while who holds the openings can still prove it.
 *
 * @param json the entry as JSON values
 * @param bytes its RFC 8785 form: what is logged
 * @param openings keys of the commitments, base64, by name
 */
record Leaf(Map<String, Object> json, byte[] bytes, Map<String, Object> openings) {

    private static final int NONCE_BYTES = 32;

    static Leaf of(
            String operation,
            Caller caller,
            Map<String, Object> members,
            Instant time,
            SubjectKeys keys,
            SecureRandom random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        Base64.Encoder base64 = Base64.getEncoder();
        Map<String, Object> commitments = new LinkedHashMap<>();
        Map<String, Object> openings = new LinkedHashMap<>();
        members.forEach((name, value) -> {
            byte[] opening = keys.derive(caller.tenant(), caller.subject(), nonce, name);
            openings.put(name, base64.encodeToString(opening));
            commitments.put(name, Commitments.commit(opening, value));
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("v", 1);
        json.put("time", time.truncatedTo(ChronoUnit.MILLIS).toString());
        json.put("operation", operation);
        json.put("nonce", base64.encodeToString(nonce));
        json.put("commitments", commitments);
        return new Leaf(json, org.candor.proof.Json.canonical(json), openings);
    }
}
