package org.candor.api.model;

import java.util.List;

/**
 * What fills the weight store.
 *
 * @param bytes used
 * @param limit most bytes it may use
 * @param free bytes that the disk has left
 * @param entries by revision, largest first
 */
public record StoreUsage(long bytes, long limit, long free, List<Entry> entries) {
    public StoreUsage {
        entries = List.copyOf(entries);
    }

    /**
     * @param model whose files
     * @param bytes in the store; files that several revisions share count for each
     * @param shared of these, bytes that removing this revision alone would not free
     */
    public record Entry(ModelId model, long bytes, long shared) {}
}
