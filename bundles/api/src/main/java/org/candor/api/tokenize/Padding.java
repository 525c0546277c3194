package org.candor.api.tokenize;

/**
 * How a batch is filled up to one length.
 *
 * @param length fixed length, or 0 for the longest of the batch
 * @param multipleOf the length is rounded up to a multiple of this, or 0
 * @param direction the side that is filled
 * @param id token id of padding
 * @param typeId type id of padding
 * @param token text of padding
 */
public record Padding(int length, int multipleOf, Truncation.Direction direction, int id, int typeId, String token) {}
