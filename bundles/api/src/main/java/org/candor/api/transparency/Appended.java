package org.candor.api.transparency;

/** An entry that is durable and part of a signed tree. Immutable and thread safe. */
public interface Appended {

    /** Index of the entry, from 0. */
    long index();

    /** Size of the signed tree that holds it. */
    long size();

    /** Signed checkpoint of that tree (c2sp.org/tlog-checkpoint). */
    String checkpoint();

    /** Offline proof (c2sp.org/tlog-proof@v1): index, inclusion proof and checkpoint. Built when asked for. */
    String proof();
}
