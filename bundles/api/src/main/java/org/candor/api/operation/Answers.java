package org.candor.api.operation;

import java.util.Map;
import java.util.function.Consumer;

/** Operation {@code answer}: a governed answer from the library. Thread safe. */
public interface Answers {

    /** Purpose of a request that names none. */
    String DEFAULT_PURPOSE = "question-answering";

    /**
     * @param text not blank, at most 4,000 code points
     * @param language {@code en}, {@code zh}, or null to detect it
     * @param purpose or null for {@link #DEFAULT_PURPOSE}
     * @param model route of the model that writes the answer from passages, which operation {@code generate} has to permit as well, or
     *     null where the library is quoted
     */
    record Question(String text, String language, String purpose, String model) {

        /** A question that is answered by quotes. */
        public Question(String text, String language, String purpose) {
            this(text, language, purpose, null);
        }
    }

    /**
     * Answers. The result is a JSON object of plain values (Map, List, String, Number, Boolean, null) with the members
     * id, question, answer (null without support, with {@code reason}), language, purpose, citations, masked, models,
     * energy, policy, proof, leaf, openings, timings; where a model wrote it also model, sentences and generation. docs/api.md shows
     * each. Its log entry is durable.
     *
     * @throws OperationException INVALID, DENIED, BUSY or UNAVAILABLE
     */
    default Map<String, Object> answer(Caller caller, Question question) {
        return answer(caller, question, stage -> {});
    }

    /**
     * The same, telling how far it is.
     *
     * @param progress told on the calling thread, quickly: {@code permitted} when policy and consent allow it and it has a
     *     place, {@code found} when the library has been searched, {@code written} when a model has written; then it is
     *     logged
     */
    Map<String, Object> answer(Caller caller, Question question, Consumer<String> progress);
}
