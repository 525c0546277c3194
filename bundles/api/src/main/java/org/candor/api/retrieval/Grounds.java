package org.candor.api.retrieval;

import java.util.List;

/** What an answer may be written from, and the judge of what was written. For one request; used by one thread at a time. */
public interface Grounds {

    /** The answer that quotes: nothing may be written where the library does not say. */
    Findings findings();

    /** The passages around its quotes, then those that rank behind them, best first; empty without an answer. */
    List<Hit> passages();

    /**
     * Keeps the sentences that the passages support. A passage that may not be seen any more supports nothing.
     *
     * @param text written from the passages
     */
    Kept keep(String text);

    /**
     * What is left of a text.
     *
     * @param sentences in the order of the text; white space between them is lost
     * @param dropped how many sentences no passage supports
     */
    record Kept(List<Supported> sentences, int dropped) {
        public Kept {
            sentences = List.copyOf(sentences);
        }
    }

    /**
     * A sentence and what supports it.
     *
     * @param text as it was written
     * @param citations at least one, the one that says most of it first
     */
    record Supported(String text, List<Citation> citations) {
        public Supported {
            citations = List.copyOf(citations);
        }
    }
}
