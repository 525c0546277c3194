package org.candor.retrieval.internal.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.BytesRef;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelId;
import org.candor.api.model.TextEncoder;
import org.candor.api.retrieval.Scope;

/**
 * What one request sees of a language: one state of the index and the very encoder its vectors are from, until closed.
 * Used by one thread.
 */
public final class Snapshot implements AutoCloseable {
    private final Serving serving;
    private final IndexSearcher searcher;
    private final HybridSearch search;
    private final Analysis analysis;

    Snapshot(Serving serving, IndexSearcher searcher, HybridSearch search, Analysis analysis) {
        this.serving = serving;
        this.searcher = searcher;
        this.search = search;
        this.analysis = analysis;
    }

    /** The encoder. */
    public TextEncoder encoder() {
        return serving.encoder();
    }

    /** The encoder's revision. */
    public ModelId model() {
        return serving.generation().encoder().model();
    }

    /** The language's analysis. */
    public Analysis analysis() {
        return analysis;
    }

    /**
     * A query as the index's vectors understand it.
     *
     * @param vector length 1
     * @param busyNanos processor time it took
     */
    public record EncodedQuery(float[] vector, long busyNanos) {}

    /** Encodes a query with the prefix its encoder was trained to see. */
    public EncodedQuery encode(String query) {
        Embeddings embeddings = encoder().embed(List.of(encoder().queryPrefix() + query));
        return new EncodedQuery(Vectors.unit(embeddings.vectors()[0]), embeddings.busyNanos());
    }

    /** Passages of both legs, best first, as {@link HybridSearch#search}. */
    public List<Candidate> search(List<String> terms, float[] vector, Scope scope, Legs legs, int depth) {
        try {
            return search.search(searcher, terms, vector, scope, legs, depth);
        } catch (IOException e) {
            throw new UncheckedIOException("the index cannot be read", e);
        }
    }

    /** Passages that hold a term, of all tenants. */
    public int passagesWith(String term) {
        try {
            return searcher.getIndexReader().docFreq(new Term(PassageFields.TEXT, term));
        } catch (IOException e) {
            throw new UncheckedIOException("the index cannot be read", e);
        }
    }

    /** Passages in the index, removed ones not yet merged away included. */
    public int size() {
        return searcher.getIndexReader().maxDoc();
    }

    /**
     * A passage with everything the index knows of it.
     *
     * @param key of the document, as {@link Entry#key}
     * @param version of the document when it was indexed
     * @param passage text and sentences
     * @param vectors of the sentences, in order
     * @param candidate how it was found
     */
    public record Found(
            String key, String version, IndexedPassage passage, SentenceVectors vectors, Candidate candidate) {}

    /** Reads candidates back, in the order given. */
    public List<Found> read(List<Candidate> candidates) {
        try {
            List<Found> found = new ArrayList<>(candidates.size());
            List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
            for (Candidate candidate : candidates) {
                Document fields = searcher.storedFields().document(candidate.doc());
                PassageFields.StoredPassage stored = PassageFields.passage(fields.getBinaryValue(PassageFields.STORED));
                LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(candidate.doc(), leaves));
                BinaryDocValues values = leaf.reader().getBinaryDocValues(PassageFields.SENTENCES);
                values.advanceExact(candidate.doc() - leaf.docBase);
                BytesRef packed = BytesRef.deepCopyOf(values.binaryValue());
                found.add(new Found(
                        fields.get(PassageFields.KEY),
                        stored.version(),
                        stored.passage(),
                        SentenceVectors.of(
                                packed.bytes,
                                packed.offset,
                                packed.length,
                                serving.generation().encoder().dimensions()),
                        candidate));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("the index cannot be read", e);
        }
    }

    @Override
    public void close() {
        serving.release(searcher);
    }
}
