package org.candor.api.compute;

/**
 * Keys or values of one layer in a paged cache: a row for each slot, a head beside the other. Used as a {@link Tensor}
 * is: by one queue at a time.
 *
 * @param elements (slots, heads * headSize), F32, BF16 or I8
 * @param scales (slots, heads), F32, of elements in I8; otherwise null
 */
public record CacheTensor(Tensor elements, Tensor scales) implements AutoCloseable {

    /** @throws IllegalArgumentException when the two do not belong together */
    public CacheTensor {
        boolean scaled = elements.type() == ElementType.I8;
        if (elements.type() == ElementType.I32 || scaled != (scales != null)) {
            throw new IllegalArgumentException("a cache of " + elements.type() + (scales == null ? " without" : " with")
                    + " scales: F32 and BF16 have none, I8 has one for each row and head");
        }
        if (scaled && (scales.rows() != elements.rows() || elements.columns() % scales.columns() != 0)) {
            throw new IllegalArgumentException("scales are " + scales + " for elements " + elements);
        }
    }

    /** Elements in binary32. */
    public static CacheTensor of(Tensor elements) {
        return new CacheTensor(elements, null);
    }

    /**
     * A zeroed cache.
     *
     * @throws BackendException when memory is exhausted; nothing stays allocated then
     */
    public static CacheTensor allocate(Backend backend, CacheType type, int slots, int heads, int headSize) {
        Tensor elements = backend.allocate(type.element(), slots, Math.multiplyExact(heads, headSize));
        if (type != CacheType.INT8) {
            return of(elements);
        }
        try {
            return new CacheTensor(elements, backend.allocate(ElementType.F32, slots, heads));
        } catch (RuntimeException e) {
            elements.close();
            throw e;
        }
    }

    /** A view of the rows [from, to), which lives as long as this. */
    public CacheTensor rows(int from, int to) {
        return new CacheTensor(elements.rows(from, to), scales == null ? null : scales.rows(from, to));
    }

    /** Bytes of all rows. */
    public long bytes() {
        long bytes =
                (long) elements.rows() * elements.columns() * elements.type().bytes();
        return scales == null ? bytes : bytes + (long) scales.rows() * scales.columns() * Float.BYTES;
    }

    @Override
    public void close() {
        elements.close();
        if (scales != null) {
            scales.close();
        }
    }
}
