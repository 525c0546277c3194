package org.candor.transformer.internal.decoder;

import java.util.Arrays;
import org.candor.api.compute.Ops;

/** One sequence in a cache: how many tokens it has and in which blocks. Used by one thread at a time. */
final class CachedSequence implements AutoCloseable {

    private final KeyValueCache cache;
    private final LoraAdapter adapter;
    private int[] blocks = new int[4];
    private int held;
    private int length;
    private int totalLength;
    private boolean closed;

    CachedSequence(KeyValueCache cache, LoraAdapter adapter) {
        this.cache = cache;
        this.adapter = adapter;
    }

    /** What reads it beside the model, or null: keys and values are the adapter's, as are those of forks. */
    LoraAdapter adapter() {
        return adapter;
    }

    /** Where its keys and values are. */
    KeyValueCache cache() {
        return cache;
    }

    /** Tokens whose keys and values are in the cache. */
    int length() {
        return length;
    }

    /** Length of the text for which the last keys were turned, 0 when there are none. */
    int totalLength() {
        return totalLength;
    }

    /** A copy of the block table. */
    int[] blocks() {
        return Arrays.copyOf(blocks, held);
    }

    /** Row of the cache for a position that is reserved or in use. */
    int slot(int position) {
        return blocks[position / cache.blockSize()] * cache.blockSize() + position % cache.blockSize();
    }

    /** Blocks that must be free to take so many more tokens. */
    int blocksFor(int tokens) {
        boolean copies = length % cache.blockSize() != 0 && cache.shared(blocks[length / cache.blockSize()]);
        return Math.max(0, Math.ceilDiv(length + tokens, cache.blockSize()) - held) + (copies ? 1 : 0);
    }

    /**
     * Makes room for more tokens. A last block that is shared and not full is copied first.
     *
     * @throws org.candor.api.compute.BackendException when too few blocks are free; those already taken stay reserved
     */
    void reserve(Ops ops, int tokens) {
        if (closed) {
            throw new IllegalStateException("the sequence is closed");
        }
        int used = length % cache.blockSize();
        int last = length / cache.blockSize();
        if (used != 0 && cache.shared(blocks[last])) {
            int own = cache.take();
            cache.copy(ops, blocks[last], own, used);
            cache.release(blocks[last]);
            blocks[last] = own;
        }
        int needed = Math.ceilDiv(length + tokens, cache.blockSize());
        while (held < needed) {
            if (held == blocks.length) {
                blocks = Arrays.copyOf(blocks, 2 * held);
            }
            blocks[held] = cache.take();
            held++;
        }
    }

    /** Notes that so many reserved tokens were written. */
    void append(int tokens, int total) {
        length += tokens;
        totalLength = total;
    }

    /** Forgets all tokens behind the first {@code kept}. */
    void truncate(int kept) {
        if (kept < 0 || kept > length) {
            throw new IllegalArgumentException("a sequence of " + length + " tokens cannot keep " + kept);
        }
        length = kept;
        if (kept == 0) {
            totalLength = 0;
        }
        int needed = Math.ceilDiv(kept, cache.blockSize());
        while (held > needed) {
            cache.release(blocks[--held]);
        }
    }

    /** A second sequence with the same tokens. It shares the blocks; whichever grows first copies a block that is not full. */
    CachedSequence fork() {
        CachedSequence fork = new CachedSequence(cache, adapter);
        fork.held = Math.ceilDiv(length, cache.blockSize());
        fork.blocks = Arrays.copyOf(blocks, Math.max(4, held));
        fork.length = length;
        fork.totalLength = totalLength;
        for (int i = 0; i < fork.held; i++) {
            cache.share(blocks[i]);
        }
        return fork;
    }

    /** Gives all blocks back; closing twice does nothing. */
    @Override
    public void close() {
        truncate(0);
        closed = true;
    }
}
