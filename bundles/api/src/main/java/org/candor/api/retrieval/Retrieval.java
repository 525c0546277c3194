package org.candor.api.retrieval;

/**
 * Finds passages and answers in the library. Not governed by itself: callers come through the governor. Thread safe.
 */
public interface Retrieval {

    /**
     * The best passages for a query.
     *
     * @param query text
     * @param language {@code en}, {@code zh}, or null to detect it
     * @param limit most hits, 1 to 1000
     * @throws org.candor.api.model.ModelUnavailableException when the language's encoder is missing
     */
    SearchResult search(String query, String language, Scope scope, int limit);

    /**
     * The best supported answer.
     *
     * @param question text
     * @param language {@code en}, {@code zh}, or null to detect it
     * @throws org.candor.api.model.ModelUnavailableException when the language's encoder is missing
     */
    Findings answer(String question, String language, Scope scope);

    /**
     * The best supported answer, and what another one may be written from.
     *
     * @param question text
     * @param language {@code en}, {@code zh}, or null to detect it
     * @param passages most passages, at least 1
     * @throws org.candor.api.model.ModelUnavailableException when the language's encoder is missing
     */
    Grounds grounds(String question, String language, Scope scope, int passages);
}
