package org.candor.api.operation;

import java.util.List;
import java.util.Map;

/**
 * Operation {@code log.read}: reads the transparency log. It needs a permit and writes no entry, so that reading the log
 * does not make it longer. Every method throws {@link OperationException}. Thread safe.
 */
public interface Evidences {

    /** Most entries of one page. */
    int MOST_ENTRIES = 256;

    /**
     * @param index of the entry
     * @param size of the tree that the proof is for: the newest one
     * @param leaf the entry as JSON values
     * @param proof tlog-proof text
     */
    record Proof(long index, long size, Map<String, Object> leaf, String proof) {}

    /**
     * @param index from 0
     * @param leaf the entry as JSON values
     */
    record Entry(long index, Map<String, Object> leaf) {}

    /**
     * @param size entries of the log
     * @param entries in order
     */
    record Page(long size, List<Entry> entries) {}

    /**
     * @param from size of the older tree
     * @param to size of the newer tree
     * @param hashes RFC 6962 consistency proof, 32 bytes each
     */
    record Consistency(long from, long to, List<byte[]> hashes) {}

    /**
     * A proof against the newest checkpoint.
     *
     * @param id that {@link Evidence#id()} named; only callers of the tenant whose operation it was are told
     * @throws OperationException NOT_FOUND for an unknown id and for one of another tenant alike
     */
    Proof proof(Caller caller, String id);

    /**
     * A page of entries; empty from the end of the log on.
     *
     * @param start index of the first
     * @param count 1 to {@link #MOST_ENTRIES}
     */
    Page entries(Caller caller, long start, int count);

    /**
     * That the log only grew.
     *
     * @param from at least 1
     * @param to at least {@code from}, or -1 for the newest size
     */
    Consistency consistency(Caller caller, long from, long to);
}
