package org.candor.api.retrieval;

import java.util.List;
import java.util.Map;

/**
 * What the library says to a question.
 *
 * @param answer at most three sentences, each quoted in the citations, or null when the library does not say
 * @param reason why there is no answer, in a sentence, else empty
 * @param language the question's, {@code en} or {@code zh}
 * @param citations the quotes, best first; empty without an answer
 * @param models what took part
 * @param timings milliseconds by step, for people
 * @param busyNanos processor time used outside the calling thread
 */
public record Findings(
        String answer,
        String reason,
        String language,
        List<Citation> citations,
        List<ModelUse> models,
        Map<String, Double> timings,
        long busyNanos) {
    public Findings {
        citations = List.copyOf(citations);
        models = List.copyOf(models);
    }
}
