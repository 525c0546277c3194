package org.candor.transformer.internal.gguf;

import java.lang.foreign.MemorySegment;

/**
 * A way of storing numbers in blocks of equal size. Dequantising is plain binary32 arithmetic in one order, so that
 * every implementation gives the same bits. Stateless and thread safe.
 */
public sealed interface BlockLayout
        permits PlainValues, ScaledBlocks, SuperBlocks, CodebookBlocks, GridBlocks, TernaryBlocks {

    /** Values of one block. */
    int blockValues();

    /** Bytes of one block. */
    int blockBytes();

    /**
     * Writes the values of one block.
     *
     * @param data little-endian, not necessarily aligned
     * @param at first byte of the block
     * @param target receives {@link #blockValues} values
     * @param to index of the first
     */
    void block(MemorySegment data, long at, float[] target, int to);

    /**
     * Writes the values of consecutive blocks.
     *
     * @param first number of the first block, counted from the beginning of {@code data}
     * @param count how many blocks
     * @param target receives {@code count * blockValues()} values
     * @param to index of the first
     */
    default void blocks(MemorySegment data, long first, int count, float[] target, int to) {
        for (int i = 0; i < count; i++) {
            block(data, (first + i) * blockBytes(), target, to + i * blockValues());
        }
    }
}
