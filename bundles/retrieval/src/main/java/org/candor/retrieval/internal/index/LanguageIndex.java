package org.candor.retrieval.internal.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.lucene.search.IndexSearcher;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;

/**
 * The generations of one language: the current one, one that is being built for another encoder, and the one before,
 * kept for a fast way back. Each lies in a folder named after its encoder's digest; the file {@code current} names the
 * one that serves. Changes are made by one thread at a time, under the library's lock; snapshots may be taken at any
 * time.
 */
public final class LanguageIndex implements AutoCloseable {
    /** Written into the folder's name: another layout of the index is another generation. */
    private static final String FORMAT = "-1";

    private final Path folder;
    private final String language;
    private final Analysis analysis;
    private final HybridSearch search;
    private Generation current;
    private Generation next;
    private Generation former;
    private volatile Serving serving;

    private LanguageIndex(Path folder, String language, Analysis analysis, HybridSearch search) {
        this.folder = folder;
        this.language = language;
        this.analysis = analysis;
        this.search = search;
    }

    /** Opens what is on disk; serves nothing before {@link #serve}. */
    public static LanguageIndex open(Path folder, String language, int exactScanLimit, Fusion fusion)
            throws IOException {
        Files.createDirectories(folder);
        LanguageIndex index =
                new LanguageIndex(folder, language, Analysis.of(language), new HybridSearch(exactScanLimit, fusion));
        Path pointer = folder.resolve("current");
        if (Files.exists(pointer)) {
            Path generation = folder.resolve(
                    Files.readString(pointer, StandardCharsets.UTF_8).strip());
            EncoderBinding binding = Files.isDirectory(generation) ? Generation.bindingOf(generation) : null;
            if (binding != null) {
                index.current = Generation.open(generation, index.analysis, binding);
            }
        }
        return index;
    }

    /** {@code en} or {@code zh}. */
    public String language() {
        return language;
    }

    /** The encoder the current generation is bound to, or null before the first. */
    public EncoderBinding encoder() {
        return current == null ? null : current.encoder();
    }

    /** Whether requests are answered. */
    public boolean serves() {
        return serving != null;
    }

    /** The encoder that serves. Callers hold the library's lock or a snapshot. */
    public TextEncoder servingEncoder() {
        return serving.encoder();
    }

    /** Documents of the current generation. */
    public Map<String, Entry> entries() throws IOException {
        return current == null ? Map.of() : current.entries();
    }

    /**
     * Begins to serve with an encoder: the one the current generation is bound to, or any when there is none yet. Owns
     * the lease from now on.
     */
    public void serve(ModelLease<TextEncoder> lease) throws IOException {
        if (current == null) {
            current = generation(lease);
            current.commit();
            point(current);
        }
        if (!current.encoder().model().digest().equals(lease.id().digest())) {
            throw new IllegalStateException(
                    "the index is bound to " + current.encoder().model() + ", not " + lease.id());
        }
        Serving before = serving;
        serving = new Serving(current, lease);
        if (before != null) {
            before.leave();
        }
    }

    /** Stops serving; the index stays. */
    public void suspend() {
        Serving before = serving;
        serving = null;
        if (before != null) {
            before.leave();
        }
    }

    /**
     * Opens the generation of another encoder beside the current one, empty, half built, or as it was left.
     *
     * @return versions by key of the documents it holds already
     */
    public Map<String, String> beginNext(ModelLease<TextEncoder> lease) throws IOException {
        if (former != null
                && former.encoder().model().digest().equals(lease.id().digest())) {
            next = former;
            former = null;
        } else {
            next = generation(lease);
        }
        Map<String, String> versions = new java.util.HashMap<>();
        next.entries().forEach((key, entry) -> versions.put(key, entry.info().version()));
        return versions;
    }

    /** A document of the current generation, or null. */
    public IndexedDocument read(String key) throws IOException {
        return current == null ? null : current.read(key);
    }

    /** Puts a document into the generation that is being built. */
    public void putNext(EncodedDocument document) throws IOException {
        next.put(document);
    }

    /** Removes a document from the generation that is being built. */
    public void removeNext(String key) throws IOException {
        next.remove(key);
    }

    /** Gives up building; what is there is kept for a later try. */
    public void abandonNext() throws IOException {
        if (next != null) {
            next.close();
            next = null;
        }
    }

    /**
     * The generation that was built serves from now on, with its encoder: durable first, then visible at once. Owns the
     * lease from now on.
     */
    public void flip(ModelLease<TextEncoder> lease) throws IOException {
        next.commit();
        next.refresh();
        point(next);
        Generation before = current;
        Serving served = serving;
        current = next;
        next = null;
        serving = new Serving(current, lease);
        if (served != null) {
            served.leave();
        }
        if (former != null) {
            former.close();
        }
        former = before;
        deleteOthers();
    }

    /** Adds or replaces a document in the current generation. */
    public void put(EncodedDocument document) throws IOException {
        current.put(document);
    }

    /** Removes a document from every generation. */
    public void remove(String key) throws IOException {
        for (Generation generation : open()) {
            generation.remove(key);
        }
    }

    /** Shows searchers what was put and removed. */
    public void refresh() throws IOException {
        for (Generation generation : open()) {
            generation.refresh();
        }
    }

    /** Makes changes durable. */
    public void commit() throws IOException {
        for (Generation generation : open()) {
            generation.commit();
        }
    }

    /** Lets the content of removed documents leave the disk, in every generation. */
    public void purge() throws IOException {
        for (Generation generation : open()) {
            generation.purge();
        }
    }

    /** Passages of the current generation. */
    public int passages() throws IOException {
        return current == null ? 0 : current.passages();
    }

    /**
     * Index and encoder as they are now, for one request.
     *
     * @throws ModelUnavailableException when no encoder serves this language
     */
    public Snapshot snapshot() {
        try {
            while (true) {
                Serving pair = serving;
                if (pair == null) {
                    throw new ModelUnavailableException(
                            "no encoder serves language \"" + language + "\" yet; activate one, see the models");
                }
                IndexSearcher searcher = pair.acquire();
                if (searcher != null) {
                    return new Snapshot(pair, searcher, search, analysis);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the index of language " + language + " cannot be read", e);
        }
    }

    /** Commits and closes everything. */
    @Override
    public void close() throws IOException {
        suspend();
        for (Generation generation : open()) {
            generation.close();
        }
        analysis.close();
    }

    /** Ends as a crash would: nothing is committed. */
    void abandon() throws IOException {
        suspend();
        for (Generation generation : open()) {
            generation.abandon();
        }
    }

    private List<Generation> open() {
        List<Generation> open = new ArrayList<>(3);
        for (Generation generation : new Generation[] {current, next, former}) {
            if (generation != null) {
                open.add(generation);
            }
        }
        return open;
    }

    private Generation generation(ModelLease<TextEncoder> lease) throws IOException {
        ModelId model = lease.id();
        String digest = model.digest().replaceFirst("^sha256:", "").replaceAll("[^0-9A-Za-z]", "_");
        Path path = folder.resolve(digest.substring(0, Math.min(16, digest.length())) + FORMAT);
        EncoderBinding binding = new EncoderBinding(model, lease.model().dimensions());
        if (Files.isDirectory(path) && !binding.equals(Generation.bindingOf(path))) {
            Folders.delete(path); // another encoder with the same beginning, or a beginning that was never committed
        }
        return Generation.open(path, analysis, binding);
    }

    private void point(Generation generation) throws IOException {
        Folders.write(
                folder.resolve("current"),
                generation.path().getFileName().toString().getBytes(StandardCharsets.UTF_8));
    }

    private void deleteOthers() throws IOException {
        List<Path> kept = open().stream().map(Generation::path).toList();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path path : all.filter(Files::isDirectory).toList()) {
                if (!kept.contains(path)) {
                    Folders.delete(path);
                }
            }
        }
    }
}
