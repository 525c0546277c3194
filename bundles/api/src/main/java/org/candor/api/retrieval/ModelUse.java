package org.candor.api.retrieval;

import org.candor.api.model.ModelId;

/**
 * A model that took part.
 *
 * @param role {@code encoder}, {@code reader} or {@code generator}
 * @param model the revision
 */
public record ModelUse(String role, ModelId model) {}
