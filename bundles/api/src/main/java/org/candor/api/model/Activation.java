package org.candor.api.model;

import java.time.Instant;

/**
 * A durable record: from this moment the route led to this revision.
 *
 * @param route for example {@code encoder-en}
 * @param model the revision
 * @param actor who asked for it
 * @param reason why
 * @param time when
 */
public record Activation(String route, ModelId model, String actor, String reason, Instant time) {}
