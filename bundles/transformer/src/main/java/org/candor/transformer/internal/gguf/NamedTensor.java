package org.candor.transformer.internal.gguf;

/**
 * A tensor, or a part of one, under the name that transformers has for it.
 *
 * @param name as in a safetensors file of the model
 * @param shape dimensions, outermost first, as in such a file
 * @param source where the bytes are
 * @param from first byte of the part within the source
 * @param bytes length of the part
 * @param rows order of the outermost dimension
 * @param turned true when a matrix of this shape (a, b) is stored as (b, a)
 * @param shift to be added to every stored value
 */
public record NamedTensor(
        String name,
        long[] shape,
        GgufTensor source,
        long from,
        long bytes,
        RowOrder rows,
        boolean turned,
        float shift) {

    /** All of a tensor as it is. */
    static NamedTensor whole(String name, GgufTensor source) {
        return new NamedTensor(name, source.shape(), source, 0, source.bytes(), RowOrder.AS_STORED, false, 0);
    }

    NamedTensor shaped(long... otherShape) {
        return new NamedTensor(name, otherShape, source, from, bytes, rows, turned, shift);
    }

    NamedTensor ordered(RowOrder otherRows) {
        return new NamedTensor(name, shape, source, from, bytes, otherRows, turned, shift);
    }

    NamedTensor turnedRound() {
        return new NamedTensor(name, new long[] {shape[1], shape[0]}, source, from, bytes, rows, true, shift);
    }

    NamedTensor shifted(float by) {
        return new NamedTensor(name, shape, source, from, bytes, rows, turned, by);
    }

    /** Some of the outermost entries, under another name. */
    NamedTensor slice(String otherName, long first, long count) {
        long[] sliced = shape.clone();
        sliced[0] = count;
        long entry = shape[0] == 0 ? 0 : bytes / shape[0];
        return new NamedTensor(otherName, sliced, source, from + first * entry, count * entry, rows, turned, shift);
    }
}
