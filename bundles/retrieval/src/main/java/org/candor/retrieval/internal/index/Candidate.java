package org.candor.retrieval.internal.index;

/**
 * A passage a search found.
 *
 * @param doc Lucene's document number in the searcher
 * @param score fused
 * @param lexical BM25, or NaN
 * @param vector cosine similarity, or NaN
 */
public record Candidate(int doc, double score, double lexical, double vector) {}
