package org.candor.api.retrieval;

import java.util.List;

/**
 * @param hits best first
 * @param language that was searched
 * @param models what took part
 * @param busyNanos processor time used outside the calling thread
 */
public record SearchResult(List<Hit> hits, String language, List<ModelUse> models, long busyNanos) {
    public SearchResult {
        hits = List.copyOf(hits);
        models = List.copyOf(models);
    }
}
