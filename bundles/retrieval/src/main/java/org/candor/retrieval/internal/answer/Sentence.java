package org.candor.retrieval.internal.answer;

import org.candor.api.retrieval.DocumentInfo;
import org.candor.retrieval.internal.index.Snapshot;

/**
 * A sentence that may answer.
 *
 * @param document its document
 * @param found its passage
 * @param index its place among the passage's sentences
 * @param text verbatim
 * @param features as {@link SentenceFeatures#NAMES}
 * @param score of the ranking, higher is better
 */
public record Sentence(
        DocumentInfo document, Snapshot.Found found, int index, String text, double[] features, double score) {

    Sentence scored(double value) {
        return new Sentence(document, found, index, text, features, value);
    }
}
