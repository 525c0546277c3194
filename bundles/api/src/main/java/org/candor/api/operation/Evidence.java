package org.candor.api.operation;

import java.util.Map;

/**
 * What proves an operation.
 *
 * @param id of the operation: leads its own tenant to the entry, see {@link Evidences#proof}
 * @param leaf its log entry as JSON values
 * @param openings keys of the commitments, base64, by name
 * @param proof tlog-proof text
 * @param energy as JSON values
 * @param policy the decision as JSON values
 */
public record Evidence(
        String id,
        Map<String, Object> leaf,
        Map<String, Object> openings,
        String proof,
        Map<String, Object> energy,
        Map<String, Object> policy) {}
