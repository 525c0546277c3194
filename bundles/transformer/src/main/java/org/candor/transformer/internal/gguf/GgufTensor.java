package org.candor.transformer.internal.gguf;

/**
 * Where one tensor of a GGUF file lies.
 *
 * @param name unique in its file
 * @param type how its values are stored
 * @param shape dimensions, outermost first: the file lists them the other way round; not to be changed
 * @param offset first byte, counted from the beginning of the data
 * @param bytes its length
 */
public record GgufTensor(String name, GgmlType type, long[] shape, long offset, long bytes) {}
