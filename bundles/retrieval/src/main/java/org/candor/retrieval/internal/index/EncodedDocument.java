package org.candor.retrieval.internal.index;

/**
 * A document with its vectors.
 *
 * @param document what is indexed
 * @param passages (passages, dimensions), Euclidean length 1
 * @param sentences (passages, sentences of the passage, dimensions), Euclidean length 1
 */
public record EncodedDocument(IndexedDocument document, float[][] passages, float[][][] sentences) {}
