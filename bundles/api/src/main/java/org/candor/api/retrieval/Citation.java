package org.candor.api.retrieval;

/**
 * A verbatim quote.
 *
 * @param document as in {@link DocumentInfo#document}
 * @param version as in {@link DocumentInfo#version}
 * @param start first code point of the extracted text
 * @param end code point after the last
 * @param text exactly that span
 * @param score how well it supports the answer, higher is better, 0 to 1
 */
public record Citation(String document, String version, int start, int end, String text, double score) {}
