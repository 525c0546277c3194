package org.candor.retrieval.internal.answer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.Scope;
import org.candor.retrieval.internal.index.Candidate;
import org.candor.retrieval.internal.index.Legs;
import org.candor.retrieval.internal.index.Snapshot;

/** Ranks the sentences of the best passages for a question and says whether they answer it. Thread safe. */
public final class Answerer {
    /** Passages of each leg before fusion. */
    static final int DEPTH = 100;

    private final AnswerModel model;

    /** @param model constants of the language that is asked in */
    public Answerer(AnswerModel model) {
        this.model = model;
    }

    /**
     * Sentences best first with the probability that they answer.
     *
     * @param sentences ranked
     * @param probability 0 to 1; 0 without sentences
     * @param supported whether the probability reaches the threshold
     * @param encodeNanos wall-clock time of the encoder
     * @param searchNanos of both legs and fusion
     * @param rankNanos of reading and ranking sentences
     * @param busyNanos processor time of the encoder
     */
    public record Ranking(
            List<Sentence> sentences,
            double probability,
            boolean supported,
            long encodeNanos,
            long searchNanos,
            long rankNanos,
            long busyNanos) {}

    /**
     * Ranks sentences.
     *
     * @param visible the document of a passage when the request may see it now, else null
     */
    public Ranking rank(String text, Scope scope, Snapshot snapshot, Function<Snapshot.Found, DocumentInfo> visible) {
        long start = System.nanoTime();
        Snapshot.EncodedQuery query = snapshot.encode(text);
        long encoded = System.nanoTime();
        Question question = Question.of(text, query.vector(), snapshot);
        List<Candidate> candidates = snapshot.search(question.terms(), query.vector(), scope, Legs.BOTH, DEPTH);
        long searched = System.nanoTime();
        List<Sentence> sentences = sentences(question, snapshot, candidates, visible);
        double probability = sentences.isEmpty() ? 0 : model.probability(SupportFeatures.of(sentences));
        return new Ranking(
                sentences,
                probability,
                !sentences.isEmpty() && probability >= model.threshold(),
                encoded - start,
                searched - encoded,
                System.nanoTime() - searched,
                query.busyNanos());
    }

    private List<Sentence> sentences(
            Question question,
            Snapshot snapshot,
            List<Candidate> candidates,
            Function<Snapshot.Found, DocumentInfo> visible) {
        double bestLexical = candidates.stream()
                .mapToDouble(Candidate::lexical)
                .filter(score -> !Double.isNaN(score))
                .max()
                .orElse(0);
        SentenceFeatures features = new SentenceFeatures(question, snapshot.analysis(), bestLexical);
        List<Sentence> sentences = new ArrayList<>();
        int passages = 0;
        for (Candidate candidate : candidates) {
            if (passages == model.passages()) {
                break;
            }
            Snapshot.Found found = snapshot.read(List.of(candidate)).getFirst();
            DocumentInfo document = visible.apply(found);
            if (document != null) {
                for (Sentence sentence : features.of(document, found, passages)) {
                    sentences.add(sentence.scored(model.score(sentence.features())));
                }
                passages++;
            }
        }
        sentences.sort(Comparator.comparingDouble(Sentence::score).reversed());
        return sentences;
    }
}
