package org.candor.retrieval.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Grounds;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.ModelUse;
import org.candor.api.retrieval.Retrieval;
import org.candor.api.retrieval.Scope;
import org.candor.api.retrieval.SearchResult;
import org.candor.retrieval.internal.answer.AnswerModel;
import org.candor.retrieval.internal.answer.Answerer;
import org.candor.retrieval.internal.answer.PassageGrounds;
import org.candor.retrieval.internal.answer.Sentence;
import org.candor.retrieval.internal.answer.SupportCheck;
import org.candor.retrieval.internal.index.Analysis;
import org.candor.retrieval.internal.index.Candidate;
import org.candor.retrieval.internal.index.Legs;
import org.candor.retrieval.internal.index.Snapshot;
import org.candor.retrieval.internal.library.Documents;
import org.candor.retrieval.internal.text.Scripts;
import org.candor.retrieval.internal.text.Span;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Search and answers on a library. Every hit is looked up again, in catalogue and scope, before it leaves. */
public final class RetrievalService implements Retrieval {
    private static final int MOST_HITS = 1_000;
    private static final int MOST_SENTENCES = 3;
    private static final int LEAST_DEPTH = 100;

    /**
     * Least score of a second or third sentence, and least share of the first one's. Chosen on SQuAD train, where they
     * leave out a third of all sentences and lose 1.3 of 85.4 % of the answers.
     */
    private static final double LEAST_SCORE = 0.02;

    private static final double LEAST_SHARE = 0.05;

    private static final Logger LOG = LoggerFactory.getLogger(RetrievalService.class);
    private static final Map<String, String> WARM_UP =
            Map.of("en", "Who opened the first of these documents, and when?", "zh", "谁在什么时候打开了第一份文件？");

    private final Set<String> warm = ConcurrentHashMap.newKeySet();
    private final Documents documents;
    private final Map<String, Answerer> answerers = new LinkedHashMap<>();
    private final Map<String, SupportCheck> checks = new LinkedHashMap<>();

    /** @param documents the library */
    public RetrievalService(Documents documents) {
        this.documents = documents;
        for (String language : Analysis.LANGUAGES) {
            answerers.put(language, new Answerer(AnswerModel.of(language)));
            checks.put(language, new SupportCheck(language));
        }
    }

    /**
     * Asks each language once for each encoder, so that the first question finds classes loaded and files in memory. What
     * it finds goes nowhere. Called by the library's worker alone.
     */
    public void warmUp(String tenant) {
        Scope scope = new Scope(tenant, "question-answering", Set.of(), Set.of(), document -> true);
        WARM_UP.forEach((language, question) -> {
            try (Snapshot snapshot = documents.snapshot(language)) {
                String encoder = language + ' ' + snapshot.model().digest();
                if (!warm.contains(encoder)) {
                    Answerer.Ranking ranking =
                            answerers.get(language).rank(question, scope, snapshot, found -> visible(found, scope));
                    if (!ranking.sentences().isEmpty()) {
                        warm.add(encoder);
                    }
                }
            } catch (ModelUnavailableException e) {
                LOG.debug("Language {} is not warmed up: {}", language, e.getMessage());
            } catch (RuntimeException e) {
                LOG.warn("The first search of language {} failed", language, e);
            }
        });
    }

    @Override
    public SearchResult search(String query, String language, Scope scope, int limit) {
        return search(query, language, scope, limit, Legs.BOTH);
    }

    /** As {@link #search(String, String, Scope, int)}, with one leg alone where a benchmark compares them. */
    public SearchResult search(String query, String language, Scope scope, int limit, Legs legs) {
        if (limit < 1 || limit > MOST_HITS) {
            throw new IllegalArgumentException("limit is " + limit + ", 1 to " + MOST_HITS + " is allowed");
        }
        String spoken = language(query, language);
        try (Snapshot snapshot = documents.snapshot(spoken)) {
            Snapshot.EncodedQuery encoded = snapshot.encode(query);
            List<Candidate> candidates = snapshot.search(
                    snapshot.analysis().terms(query), encoded.vector(), scope, legs, Math.max(LEAST_DEPTH, limit));
            List<Hit> hits = new ArrayList<>();
            for (Candidate candidate : candidates) {
                if (hits.size() == limit) {
                    break;
                }
                Snapshot.Found found = snapshot.read(List.of(candidate)).getFirst();
                DocumentInfo document = visible(found, scope);
                if (document != null) {
                    hits.add(new Hit(
                            document,
                            found.passage().start(),
                            found.passage().end(),
                            found.passage().text(),
                            candidate.score(),
                            candidate.lexical(),
                            candidate.vector()));
                }
            }
            return new SearchResult(hits, spoken, models(snapshot), encoded.busyNanos());
        }
    }

    @Override
    public Findings answer(String question, String language, Scope scope) {
        return answer(question, language, scope, (findings, ranking) -> findings);
    }

    @Override
    public Grounds grounds(String question, String language, Scope scope, int passages) {
        if (passages < 1) {
            throw new IllegalArgumentException(passages + " passages, at least 1 is needed");
        }
        return answer(question, language, scope, (findings, ranking) -> {
            List<Sentence> sentences = findings.answer() == null ? List.of() : ranking.sentences();
            return new PassageGrounds(
                    findings,
                    PassageGrounds.passages(sentences, passages),
                    checks.get(findings.language()),
                    found -> visible(found, scope));
        });
    }

    private <T> T answer(
            String question, String language, Scope scope, BiFunction<Findings, Answerer.Ranking, T> made) {
        String spoken = language(question, language);
        try (Snapshot snapshot = documents.snapshot(spoken)) {
            Answerer.Ranking ranking =
                    answerers.get(spoken).rank(question, scope, snapshot, found -> visible(found, scope));
            List<Citation> citations = new ArrayList<>();
            if (ranking.supported()) {
                for (Sentence sentence : worthQuoting(ranking)) {
                    // asked again: a withdrawal may have come while sentences were ranked
                    if (visible(sentence.found(), scope) != null) {
                        citations.add(citation(sentence, ranking));
                    }
                }
            }
            Map<String, Double> timings = new LinkedHashMap<>();
            timings.put("encode", ranking.encodeNanos() * 1e-6);
            timings.put("search", ranking.searchNanos() * 1e-6);
            timings.put("rank", ranking.rankNanos() * 1e-6);
            boolean answered = !citations.isEmpty();
            Findings findings = new Findings(
                    answered ? text(citations, spoken) : null,
                    answered ? "" : reason(ranking),
                    spoken,
                    citations,
                    models(snapshot),
                    timings,
                    ranking.busyNanos());
            return made.apply(findings, ranking);
        }
    }

    /** The first sentence, and those behind it that say nearly as much. */
    private static List<Sentence> worthQuoting(Answerer.Ranking ranking) {
        List<Sentence> sentences = ranking.sentences();
        int n = Math.min(1, sentences.size());
        while (n < Math.min(MOST_SENTENCES, sentences.size())
                && share(sentences.get(n), ranking) >= Math.max(LEAST_SHARE, LEAST_SCORE / ranking.probability())) {
            n++;
        }
        return sentences.subList(0, n);
    }

    /** How much less than the first sentence this one supports the answer, 1 for as much. */
    private static double share(Sentence sentence, Answerer.Ranking ranking) {
        return Math.exp(
                Math.min(0, sentence.score() - ranking.sentences().getFirst().score()));
    }

    private static Citation citation(Sentence sentence, Answerer.Ranking ranking) {
        Span span = sentence.found().passage().sentences().get(sentence.index());
        // the answer's probability, less for a sentence that ranks behind the first
        double score = ranking.probability() * share(sentence, ranking);
        return new Citation(
                sentence.document().document(),
                sentence.document().version(),
                span.start(),
                span.end(),
                sentence.text(),
                Math.clamp(score, 0, 1));
    }

    private static String text(List<Citation> citations, String language) {
        List<String> quotes = citations.stream().map(Citation::text).toList();
        return String.join(language.equals("zh") ? "" : " ", quotes);
    }

    private static String reason(Answerer.Ranking ranking) {
        return ranking.sentences().isEmpty()
                ? "The library holds no document on this that may be used for this purpose."
                : "The library does not say: nothing in it supports an answer well enough.";
    }

    /** The document when it is still there and the scope permits it, else null. */
    private DocumentInfo visible(Snapshot.Found found, Scope scope) {
        DocumentInfo document = documents.current(found);
        return document != null && scope.admits(document) ? document : null;
    }

    private static List<ModelUse> models(Snapshot snapshot) {
        return List.of(new ModelUse("encoder", snapshot.model()));
    }

    private static String language(String text, String language) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException("the question is empty");
        }
        String spoken = language == null ? Scripts.language(text) : language;
        if (!Analysis.LANGUAGES.contains(spoken)) {
            throw new IllegalArgumentException("language \"" + spoken + "\" is not supported (en and zh are)");
        }
        return spoken;
    }
}
