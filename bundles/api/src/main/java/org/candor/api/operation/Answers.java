package org.candor.api.operation;

import java.util.Map;

/** Operation {@code answer}: a governed answer from the library. Thread safe. */
public interface Answers {

    /** Purpose of a request that names none. */
    String DEFAULT_PURPOSE = "question-answering";

    /**
     * @param text not blank, at most 4,000 code points
     * @param language {@code en}, {@code zh}, or null to detect it
     * @param purpose or null for {@link #DEFAULT_PURPOSE}
     */
    record Question(String text, String language, String purpose) {}

    /**
     * Answers. The result is a JSON object of plain values (Map, List, String, Number, Boolean, null) with the members
     * id, question, answer (null without support, with {@code reason}), language, purpose, citations, masked, models,
     * energy, policy, proof, leaf, openings, timings; docs/api.md shows each. Its log entry is durable.
     *
     * @throws OperationException INVALID, DENIED, BUSY or UNAVAILABLE
     */
    Map<String, Object> answer(Caller caller, Question question);
}
