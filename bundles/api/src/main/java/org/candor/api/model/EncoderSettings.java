package org.candor.api.model;

import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;

/**
 * What a model's card says about its use as a text encoder.
 *
 * @param pooling how hidden states become a vector
 * @param normalize whether vectors are scaled to Euclidean length 1
 * @param maxTokens most tokens of one text, special ones included; at most the model's positions
 * @param queryPrefix text the model was trained to see before a search query, or empty
 * @param weights how weights are held
 */
public record EncoderSettings(
        Pooling pooling, boolean normalize, int maxTokens, String queryPrefix, WeightType weights) {}
