package org.candor.api.transparency;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An append-only Merkle tree (RFC 6962) with signed checkpoints and C2SP tiles (c2sp.org/tlog-tiles). Thread safe; many
 * writers at once share one write to the disk.
 */
public interface TransparencyLog {

    /** Most bytes of an entry: its length has 16 bits in an entry bundle. */
    int MAX_ENTRY_BYTES = 65_535;

    /**
     * Appends an entry and waits until it is durable.
     *
     * @param entry at most {@link #MAX_ENTRY_BYTES}; may be changed after return
     * @throws IllegalArgumentException when it is too long
     * @throws LogUnavailableException when it could not be made durable; it may or may not be in the log later
     */
    Appended append(byte[] entry);

    /**
     * Appends an entry; the future completes when it is durable, or with a {@link LogUnavailableException}. It completes
     * on the log's thread: continue elsewhere.
     *
     * @throws IllegalArgumentException when it is too long
     */
    CompletableFuture<Appended> appendLater(byte[] entry);

    /** Name of the log, first line of its checkpoints. */
    String origin();

    /** C2SP verifier key of the log: {@code name+id+key}. */
    String verifierKey();

    /** Entries that are durable. */
    long size();

    /** The newest signed checkpoint; of the empty tree at first. */
    String checkpoint();

    /**
     * An entry.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= index < size()}
     */
    byte[] entry(long index);

    /**
     * Inclusion proof (RFC 6962, section 2.1.1), from the leaf's sibling upwards, 32 bytes each.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= index < size <= size()}
     */
    List<byte[]> inclusion(long index, long size);

    /**
     * Consistency proof (RFC 6962, section 2.1.2), 32 bytes each.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 < from <= to <= size()}
     */
    List<byte[]> consistency(long from, long to);

    /**
     * What a C2SP tlog-tiles path names: {@code checkpoint}, {@code tile/<level>/<index>[.p/<width>]} or {@code
     * tile/entries/<index>[.p/<width>]}.
     *
     * @return empty when the log has no such thing or the path is malformed
     */
    Optional<byte[]> resource(String path);
}
