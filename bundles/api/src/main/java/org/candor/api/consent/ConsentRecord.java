package org.candor.api.consent;

import java.time.Instant;

/**
 * One entry of the register; entries are added, never changed.
 *
 * @param epoch number of the entry, growing
 * @param tenant whose register
 * @param subject the person
 * @param purpose what for; {@code *} for every purpose, as in an erasure
 * @param state from this entry on
 * @param actor who entered it
 * @param reason or empty
 * @param time when
 */
public record ConsentRecord(
        long epoch,
        String tenant,
        String subject,
        String purpose,
        ConsentState state,
        String actor,
        String reason,
        Instant time) {}
