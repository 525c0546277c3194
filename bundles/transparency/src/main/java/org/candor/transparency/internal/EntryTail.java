package org.candor.transparency.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.candor.proof.TilePath;

/**
 * Entries that lie in no full bundle on disk yet. One thread adds; others read entries of trees whose size reached them
 * in a safe way.
 */
final class EntryTail {

    private final Map<Long, byte[][]> bundles = new ConcurrentHashMap<>();

    void add(long index, byte[] entry) {
        byte[][] bundle = bundles.computeIfAbsent(index / TilePath.WIDTH, b -> new byte[TilePath.WIDTH][]);
        bundle[(int) (index % TilePath.WIDTH)] = entry;
    }

    /** The entry, or null when its bundle is on disk. */
    byte[] get(long index) {
        byte[][] bundle = bundles.get(index / TilePath.WIDTH);
        return bundle == null ? null : bundle[(int) (index % TilePath.WIDTH)];
    }

    /** The first entries of a bundle, or null when it is on disk. */
    List<byte[]> first(long bundle, int width) {
        byte[][] entries = bundles.get(bundle);
        if (entries == null) {
            return null;
        }
        List<byte[]> first = new ArrayList<>(width);
        for (int i = 0; i < width; i++) {
            first.add(entries[i]);
        }
        return first;
    }

    void remove(long bundle) {
        bundles.remove(bundle);
    }
}
