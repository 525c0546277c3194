package org.candor.api.model;

import java.util.Map;
import java.util.Set;

/**
 * What is known of a revision now.
 *
 * @param id name, version, digest
 * @param family the {@code model_type}
 * @param tasks for example {@code embed}
 * @param state where it is in its life
 * @param reason why it is {@link ModelState#FAILED}, in one line, else empty
 * @param leases leases out now
 * @param card its card.json as JSON values
 */
public record ModelRevision(
        ModelId id,
        String family,
        Set<String> tasks,
        ModelState state,
        String reason,
        int leases,
        Map<String, Object> card) {}
