package org.candor.api.retrieval;

/**
 * A passage that was found.
 *
 * @param document its document
 * @param start first code point of the extracted text
 * @param end code point after the last
 * @param text exactly that span
 * @param score fused
 * @param lexical BM25 score, or NaN when that leg did not find it
 * @param vector cosine similarity, or NaN when that leg did not find it
 */
public record Hit(
        DocumentInfo document, int start, int end, String text, double score, double lexical, double vector) {}
