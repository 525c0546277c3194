package org.candor.api.retrieval;

import org.candor.api.model.ModelId;

/**
 * A model that took part.
 *
 * @param role {@code encoder}, {@code reader}, {@code generator}, or {@code base} of a generator that is an adapter
 * @param model the revision
 */
public record ModelUse(String role, ModelId model) {}
