package org.candor.retrieval.internal.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.candor.api.retrieval.Scope;

/**
 * One search on both legs, each bound to the scope's filter. The vector leg scans every passage the filter leaves as
 * long as these are few, which is exact and repeatable, and asks the HNSW graph above. Thread safe.
 */
final class HybridSearch {
    private final int exactScanLimit;
    private final Fusion fusion;

    /**
     * @param exactScanLimit passages within the filter up to which vectors are scanned exactly
     * @param fusion how legs are combined
     */
    HybridSearch(int exactScanLimit, Fusion fusion) {
        this.exactScanLimit = exactScanLimit;
        this.fusion = fusion;
    }

    /**
     * Passages best first.
     *
     * @param terms of the query, repetitions kept
     * @param vector of the query, length 1
     * @param legs which take part
     * @param depth most passages of each leg
     */
    List<Candidate> search(
            IndexSearcher searcher, List<String> terms, float[] vector, Scope scope, Legs legs, int depth)
            throws IOException {
        Query filter = ScopeFilter.of(scope);
        Map<Integer, Double> lexical = legs.lexical() ? lexical(searcher, terms, filter, depth) : Map.of();
        Map<Integer, Double> similar = legs.vector() ? vector(searcher, vector, filter, depth) : Map.of();
        List<Candidate> found = new ArrayList<>();
        lexical.forEach((doc, score) -> found.add(new Candidate(doc, 0, score, similar.getOrDefault(doc, Double.NaN))));
        similar.forEach((doc, score) -> {
            if (!lexical.containsKey(doc)) {
                found.add(new Candidate(doc, 0, Double.NaN, score));
            }
        });
        if (legs.vector()) {
            completeVectors(searcher, vector, found);
        }
        return fusion.fuse(found);
    }

    private static Map<Integer, Double> lexical(IndexSearcher searcher, List<String> terms, Query filter, int depth)
            throws IOException {
        if (terms.isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String term : terms) {
            if (counts.size() < IndexSearcher.getMaxClauseCount() / 2) {
                counts.merge(term, 1, Integer::sum);
            }
        }
        BooleanQuery.Builder words = new BooleanQuery.Builder();
        counts.forEach((term, n) -> {
            Query query = new TermQuery(new Term(PassageFields.TEXT, term));
            words.add(n == 1 ? query : new BoostQuery(query, n), Occur.SHOULD);
        });
        Query query = new BooleanQuery.Builder()
                .add(words.build(), Occur.MUST)
                .add(filter, Occur.FILTER)
                .build();
        return scores(searcher.search(query, depth));
    }

    private Map<Integer, Double> vector(IndexSearcher searcher, float[] vector, Query filter, int depth)
            throws IOException {
        if (searcher.count(filter) > exactScanLimit) {
            TopDocs top = searcher.search(new KnnFloatVectorQuery(PassageFields.VECTOR, vector, depth, filter), depth);
            Map<Integer, Double> scores = new LinkedHashMap<>();
            scores(top).forEach((doc, score) -> scores.put(doc, cosine(score)));
            return scores;
        }
        BestPassages best = new BestPassages(depth);
        Weight weight = searcher.createWeight(searcher.rewrite(filter), ScoreMode.COMPLETE_NO_SCORES, 1);
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            scan(leaf, weight, vector, best);
        }
        return best.scores();
    }

    private static void scan(LeafReaderContext leaf, Weight weight, float[] vector, BestPassages best)
            throws IOException {
        FloatVectorValues values = leaf.reader().getFloatVectorValues(PassageFields.VECTOR);
        Scorer allowed = weight.scorer(leaf);
        VectorScorer scorer = values == null || allowed == null ? null : values.scorer(vector);
        if (scorer == null) {
            return;
        }
        Bits live = leaf.reader().getLiveDocs();
        DocIdSetIterator documents = allowed.iterator();
        DocIdSetIterator vectors = scorer.iterator();
        int doc = documents.nextDoc();
        while (doc != DocIdSetIterator.NO_MORE_DOCS) {
            int at = vectors.docID() < doc ? vectors.advance(doc) : vectors.docID();
            if (at == doc) {
                if (live == null || live.get(doc)) {
                    best.offer(leaf.docBase + doc, cosine(scorer.score()));
                }
                doc = documents.nextDoc();
            } else if (at == DocIdSetIterator.NO_MORE_DOCS) {
                return;
            } else {
                doc = documents.advance(at);
            }
        }
    }

    /** Similarity of what only the lexical leg found: fusion should not take "not looked at" for "not similar". */
    private static void completeVectors(IndexSearcher searcher, float[] vector, List<Candidate> found)
            throws IOException {
        Map<Integer, Integer> missing = new HashMap<>();
        for (int i = 0; i < found.size(); i++) {
            if (Double.isNaN(found.get(i).vector())) {
                missing.put(found.get(i).doc(), i);
            }
        }
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        for (int doc : missing.keySet().stream().sorted().toList()) {
            LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
            FloatVectorValues values = leaf.reader().getFloatVectorValues(PassageFields.VECTOR);
            VectorScorer scorer = values == null ? null : values.scorer(vector);
            if (scorer != null && scorer.iterator().advance(doc - leaf.docBase) == doc - leaf.docBase) {
                int i = missing.get(doc);
                found.set(i, new Candidate(doc, 0, found.get(i).lexical(), cosine(scorer.score())));
            }
        }
    }

    private static Map<Integer, Double> scores(TopDocs top) {
        Map<Integer, Double> scores = new LinkedHashMap<>();
        for (ScoreDoc hit : top.scoreDocs) {
            scores.put(hit.doc, (double) hit.score);
        }
        return scores;
    }

    /** Lucene's dot-product score is (1 + cosine) / 2. */
    private static double cosine(double score) {
        return 2 * score - 1;
    }
}
