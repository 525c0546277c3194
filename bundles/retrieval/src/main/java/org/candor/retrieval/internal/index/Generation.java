package org.candor.retrieval.internal.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;

/**
 * The index of one language under one encoder: BM25 fields and vectors, changed and committed together. Changes come
 * from one thread at a time; searchers may come from many.
 */
public final class Generation implements AutoCloseable {
    /** BM25 parameters that do well on short passages (Anserini's defaults). */
    private static final Similarity BM25 = new BM25Similarity(0.9f, 0.4f);

    private final Path path;
    private final EncoderBinding encoder;
    private final Analysis analysis;
    private final Directory directory;
    private volatile IndexWriter writer;
    private volatile SearcherManager searchers;
    /** Version by key of what was put and not removed; read from the index when it is first asked for. */
    private Map<String, String> versions;

    private Generation(Path path, EncoderBinding encoder, Analysis analysis, Directory directory) throws IOException {
        this.path = path;
        this.encoder = encoder;
        this.analysis = analysis;
        this.directory = directory;
        openWriter();
    }

    private void openWriter() throws IOException {
        IndexWriterConfig config = new IndexWriterConfig(analysis.analyzer());
        config.setSimilarity(BM25);
        IndexWriter opened = new IndexWriter(directory, config);
        SearcherManager seen = searchers(opened);
        opened.setLiveCommitData(encoder.commitData().entrySet());
        writer = opened;
        searchers = seen;
    }

    private static SearcherManager searchers(IndexWriter writer) throws IOException {
        return new SearcherManager(writer, new SearcherFactory() {
            @Override
            public IndexSearcher newSearcher(
                    org.apache.lucene.index.IndexReader reader, org.apache.lucene.index.IndexReader previous) {
                IndexSearcher searcher = new IndexSearcher(reader);
                searcher.setSimilarity(BM25);
                searcher.setQueryCache(null); // a scope's filter is seldom asked twice, and a cache outlives consent
                return searcher;
            }
        });
    }

    /** Opens or creates a generation; what an interrupted writer left uncommitted is gone. */
    static Generation open(Path path, Analysis analysis, EncoderBinding encoder) throws IOException {
        Files.createDirectories(path);
        Directory directory = FSDirectory.open(path);
        try {
            return new Generation(path, encoder, analysis, directory);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** The encoder of the last commit in a folder, or null when there is no usable index. */
    static EncoderBinding bindingOf(Path path) {
        try (Directory directory = FSDirectory.open(path)) {
            if (!DirectoryReader.indexExists(directory)) {
                return null;
            }
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                return EncoderBinding.of(new HashMap<>(reader.getIndexCommit().getUserData()));
            }
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    Path path() {
        return path;
    }

    /** The encoder its vectors are from. */
    public EncoderBinding encoder() {
        return encoder;
    }

    /** Adds or replaces a document; searchable after {@link #refresh}. */
    void put(EncodedDocument document) throws IOException {
        writer.updateDocuments(
                new Term(PassageFields.KEY, document.document().entry().key()),
                PassageFields.block(
                        document.document(), document.passages(), document.sentences(), encoder.dimensions()));
        if (versions != null) {
            Entry entry = document.document().entry();
            versions.put(entry.key(), entry.info().version());
        }
    }

    void remove(String key) throws IOException {
        writer.deleteDocuments(new Term(PassageFields.KEY, key));
        if (versions != null) {
            versions.remove(key);
        }
    }

    /** Version by key of every document, not to be changed. Callers hold the library's lock. */
    Map<String, String> versions() throws IOException {
        if (versions == null) {
            refresh();
            Map<String, String> held = new HashMap<>();
            entries().forEach((key, entry) -> held.put(key, entry.info().version()));
            versions = held;
        }
        return versions;
    }

    /** What was put or removed is what searchers see from now on. */
    void refresh() throws IOException {
        searchers.maybeRefreshBlocking();
    }

    /** Whether it can be written: a failure while it was may have closed it. */
    boolean usable() {
        return writer.isOpen();
    }

    /**
     * Opens it anew where a failure, of a full disk for example, has closed it. What was not committed is gone.
     *
     * @return whether it was closed
     */
    boolean mend() throws IOException {
        if (writer.isOpen()) {
            return false;
        }
        SearcherManager before = searchers;
        openWriter();
        versions = null;
        before.close();
        return true;
    }

    /** Durable from now on. */
    void commit() throws IOException {
        if (writer.hasUncommittedChanges()) {
            writer.commit();
        }
    }

    /** Rewrites segments that hold removed documents, so that their content leaves the disk, and commits. */
    void purge() throws IOException {
        writer.forceMergeDeletes(true);
        commit();
        refresh();
        writer.deleteUnusedFiles();
    }

    IndexSearcher acquire() throws IOException {
        while (true) {
            SearcherManager now = searchers;
            try {
                return now.acquire();
            } catch (AlreadyClosedException e) {
                if (now == searchers) {
                    throw e;
                }
            }
        }
    }

    void release(IndexSearcher searcher) throws IOException {
        searchers.release(searcher);
    }

    /** Every document, by key. */
    Map<String, Entry> entries() throws IOException {
        Map<String, Entry> entries = new HashMap<>();
        IndexSearcher searcher = acquire();
        try {
            TermQuery query = new TermQuery(new Term(PassageFields.TYPE, PassageFields.ENTRY));
            Weight weight = searcher.createWeight(query, ScoreMode.COMPLETE_NO_SCORES, 1);
            for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                Scorer scorer = weight.scorer(leaf);
                if (scorer == null) {
                    continue;
                }
                StoredFields stored = leaf.reader().storedFields();
                Bits live = leaf.reader().getLiveDocs();
                var documents = scorer.iterator();
                for (int doc = documents.nextDoc();
                        doc != org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;
                        doc = documents.nextDoc()) {
                    if (live == null || live.get(doc)) {
                        BytesRef bytes = stored.document(doc).getBinaryValue(PassageFields.STORED);
                        Entry entry = PassageFields.entry(bytes);
                        entries.put(entry.key(), entry);
                    }
                }
            }
        } finally {
            release(searcher);
        }
        return entries;
    }

    /** A document with its passages, or null. */
    IndexedDocument read(String key) throws IOException {
        IndexSearcher searcher = acquire();
        try {
            var found = searcher.search(new TermQuery(new Term(PassageFields.KEY, key)), Integer.MAX_VALUE);
            Entry entry = null;
            List<IndexedPassage> passages = new ArrayList<>();
            StoredFields stored = searcher.storedFields();
            int[] documents = java.util.Arrays.stream(found.scoreDocs)
                    .mapToInt(d -> d.doc)
                    .sorted()
                    .toArray();
            for (int i = 0; i < documents.length; i++) {
                Document fields = stored.document(documents[i]);
                BytesRef bytes = fields.getBinaryValue(PassageFields.STORED);
                if (i == documents.length - 1) {
                    entry = PassageFields.entry(bytes);
                } else {
                    passages.add(PassageFields.passage(bytes).passage());
                }
            }
            return entry == null ? null : new IndexedDocument(entry, passages);
        } finally {
            release(searcher);
        }
    }

    /** Passages that can be searched. */
    int passages() throws IOException {
        IndexSearcher searcher = acquire();
        try {
            return searcher.count(new TermQuery(new Term(PassageFields.TYPE, PassageFields.PASSAGE)));
        } finally {
            release(searcher);
        }
    }

    /** Commits and closes. */
    @Override
    public void close() throws IOException {
        searchers.close();
        try {
            commit();
        } finally {
            writer.close();
            directory.close();
        }
    }

    /** Closes as a crash would: uncommitted changes are lost. */
    void abandon() throws IOException {
        searchers.close();
        writer.rollback();
        directory.close();
    }
}
