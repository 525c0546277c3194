package org.candor.retrieval.internal.index;

import java.util.List;

/**
 * A document with its passages.
 *
 * @param entry the document
 * @param passages in order; a document without text has none
 */
public record IndexedDocument(Entry entry, List<IndexedPassage> passages) {
    public IndexedDocument {
        passages = List.copyOf(passages);
    }

    /** Texts an encoder has to see. */
    public int texts() {
        int n = 0;
        for (IndexedPassage passage : passages) {
            n += 1 + passage.sentences().size();
        }
        return n;
    }
}
