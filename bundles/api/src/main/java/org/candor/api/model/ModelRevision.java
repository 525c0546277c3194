package org.candor.api.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of a revision now.
 *
 * @param id name, version, digest; the digest is empty for a pack whose card cannot be read
 * @param family the {@code model_type}; {@code lora} for a low-rank adapter
 * @param tasks for example {@code embed}, {@code generate}
 * @param state where it is in its life
 * @param reason why it is {@link ModelState#FAILED}, or what an adapter that is not loaded waits for, in one line; else empty
 * @param leases leases out now
 * @param card its card.json as JSON values
 * @param origin where its files come from: the bundle or folder
 * @param trust why it is trusted, or why not
 * @param storeBytes size of its files
 * @param memoryBytes memory it holds while it is loaded, else 0
 * @param selfTest the last run of its self-test, or null
 * @param life its steps since the server started, oldest first; at most the last 50
 * @param base the revision that an adapter changes, or null where it is none
 */
public record ModelRevision(
        ModelId id,
        String family,
        Set<String> tasks,
        ModelState state,
        String reason,
        int leases,
        Map<String, Object> card,
        String origin,
        String trust,
        long storeBytes,
        long memoryBytes,
        SelfTestResult selfTest,
        List<ModelTransition> life,
        ModelId base) {

    /** A revision of which no more than this is known. */
    public ModelRevision(
            ModelId id,
            String family,
            Set<String> tasks,
            ModelState state,
            String reason,
            int leases,
            Map<String, Object> card) {
        this(id, family, tasks, state, reason, leases, card, null);
    }

    /** One with a base of which no more than this is known. */
    public ModelRevision(
            ModelId id,
            String family,
            Set<String> tasks,
            ModelState state,
            String reason,
            int leases,
            Map<String, Object> card,
            ModelId base) {
        this(id, family, tasks, state, reason, leases, card, "", "", 0, 0, null, List.of(), base);
    }
}
