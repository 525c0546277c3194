package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.compute.Backend;
import org.candor.api.compute.BackendException;
import org.candor.api.compute.CacheTensor;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.Ops;

/**
 * Keys and values of every layer, in blocks that sequences take as they grow and share when they fork. Used by one thread
 * at a time.
 */
final class KeyValueCache implements AutoCloseable {

    private final int blockSize;
    private final List<CacheTensor> keys = new ArrayList<>();
    private final List<CacheTensor> values = new ArrayList<>();
    private final int[] references;
    private final int[] free;
    private int freeCount;

    /**
     * @param type how keys and values are held
     * @param heads of keys and values of one layer
     * @param headSize columns of one head
     * @param blocks that are shared among all sequences
     * @param blockSize tokens of one block
     * @throws BackendException when memory is exhausted; nothing stays allocated then
     */
    KeyValueCache(Backend backend, CacheType type, int layers, int heads, int headSize, int blocks, int blockSize) {
        this.blockSize = blockSize;
        this.references = new int[blocks];
        this.free = new int[blocks];
        this.freeCount = blocks;
        // The lowest is taken first, so that sequences that grow alone lie in one piece.
        for (int i = 0; i < blocks; i++) {
            free[i] = blocks - 1 - i;
        }
        try {
            for (int i = 0; i < layers; i++) {
                int slots = Math.multiplyExact(blocks, blockSize);
                keys.add(CacheTensor.allocate(backend, type, slots, heads, headSize));
                values.add(CacheTensor.allocate(backend, type, slots, heads, headSize));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Keys of a layer, a row for each token of a block. */
    CacheTensor keys(int layer) {
        return keys.get(layer);
    }

    /** Values of a layer, a row for each token of a block. */
    CacheTensor values(int layer) {
        return values.get(layer);
    }

    /** Tokens of one block. */
    int blockSize() {
        return blockSize;
    }

    /** Blocks that no sequence holds. */
    int freeBlocks() {
        return freeCount;
    }

    /** Bytes of all keys and values. */
    long bytes() {
        long bytes = 0;
        for (CacheTensor tensor : keys) {
            bytes += 2 * tensor.bytes();
        }
        return bytes;
    }

    /** A new, empty sequence. */
    CachedSequence open() {
        return open(null);
    }

    /**
     * A new, empty sequence that an adapter reads.
     *
     * @param adapter or null for the model as it is
     */
    CachedSequence open(LoraAdapter adapter) {
        return new CachedSequence(this, adapter);
    }

    /** @throws BackendException when no block is free */
    int take() {
        if (freeCount == 0) {
            throw new BackendException(
                    "key-value cache: all " + references.length + " blocks of " + blockSize + " tokens are in use");
        }
        int block = free[--freeCount];
        references[block] = 1;
        return block;
    }

    void share(int block) {
        references[block]++;
    }

    boolean shared(int block) {
        return references[block] > 1;
    }

    void release(int block) {
        if (--references[block] == 0) {
            free[freeCount++] = block;
        }
    }

    /** Copies the first rows of a block to another, in all layers. */
    void copy(Ops ops, int from, int to, int rows) {
        for (List<CacheTensor> tensors : List.of(keys, values)) {
            for (CacheTensor tensor : tensors) {
                CacheTensor source = tensor.rows(from * blockSize, from * blockSize + rows);
                CacheTensor target = tensor.rows(to * blockSize, to * blockSize + rows);
                ops.copy(source.elements(), target.elements());
                if (source.scales() != null) {
                    ops.copy(source.scales(), target.scales());
                }
            }
        }
    }

    @Override
    public void close() {
        keys.forEach(CacheTensor::close);
        values.forEach(CacheTensor::close);
    }
}
