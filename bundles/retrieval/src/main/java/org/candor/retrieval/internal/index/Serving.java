package org.candor.retrieval.internal.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.lucene.search.IndexSearcher;
import org.candor.api.model.ModelLease;
import org.candor.api.model.TextEncoder;

/**
 * A generation together with the lease on its encoder: the pair that is flipped as one. The lease is given back when it
 * serves no more and the last request on it has ended.
 */
final class Serving {
    private final Generation generation;
    private final ModelLease<TextEncoder> lease;
    private int holders = 1;

    Serving(Generation generation, ModelLease<TextEncoder> lease) {
        this.generation = generation;
        this.lease = lease;
    }

    Generation generation() {
        return generation;
    }

    TextEncoder encoder() {
        return lease.model();
    }

    /** A searcher that stays valid until released, or null when this pair serves no more. */
    IndexSearcher acquire() throws IOException {
        synchronized (this) {
            if (holders == 0) {
                return null;
            }
            holders++;
        }
        try {
            return generation.acquire();
        } catch (IOException | RuntimeException e) {
            leave();
            throw e;
        }
    }

    void release(IndexSearcher searcher) {
        try {
            generation.release(searcher);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            leave();
        }
    }

    /** Called once when another pair serves instead, by the owner, and by each request at its end. */
    void leave() {
        boolean last;
        synchronized (this) {
            last = --holders == 0;
        }
        if (last) {
            lease.close();
        }
    }
}
