package org.candor.transformer.internal.gguf;

/** Where the rows of a tensor lie, when the file has them in another order. */
public sealed interface RowOrder {

    /** The rows lie as they are counted. */
    RowOrder AS_STORED = new AsStored();

    /** Which stored row holds a row. */
    long stored(long row);

    /** Nothing was moved. */
    record AsStored() implements RowOrder {
        @Override
        public long stored(long row) {
            return row;
        }
    }

    /**
     * Rotary pairs of one head lie side by side in the file, at 2i and 2i + 1, and are counted as halves: i and i +
     * headRows / 2. This undoes what conversion to GGUF does to q and k of Llama (llama.cpp, conversion/llama.py,
     * permute).
     *
     * @param headRows rows of one head, even
     */
    record RotaryPairs(int headRows) implements RowOrder {
        public RotaryPairs {
            if (headRows <= 0 || headRows % 2 != 0) {
                throw new IllegalArgumentException("a head of " + headRows + " rows has no pairs");
            }
        }

        @Override
        public long stored(long row) {
            long within = row % headRows;
            int half = headRows / 2;
            return row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
        }
    }
}
