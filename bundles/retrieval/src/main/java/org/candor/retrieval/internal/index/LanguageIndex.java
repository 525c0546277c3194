package org.candor.retrieval.internal.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.search.IndexSearcher;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.TextEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generations of one language: the current one, one that is being built for another encoder, and those of other
 * installed encoders, kept so that the way back to them costs nothing. Each lies in a folder named after its encoder's
 * digest; the file {@code current} names the one that serves. Changes are made by one thread at a time, under the library's
 * lock; snapshots may be taken at any time.
 */
public final class LanguageIndex implements AutoCloseable {
    /** Written into the folder's name: another layout of the index is another generation. */
    private static final String FORMAT = "-1";

    private static final Logger LOG = LoggerFactory.getLogger(LanguageIndex.class);

    private final Path folder;
    private final String language;
    private final Analysis analysis;
    private final HybridSearch search;
    private Generation current;
    private Generation next;
    /** By their encoders' digests; deletions reach them too. */
    private final Map<String, Generation> others = new LinkedHashMap<>();
    /** Encoders that are not installed any more: their generations go as soon as they do not serve. */
    private final Set<String> gone = new HashSet<>();

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
        index.openOthers();
        return index;
    }

    /** What was deleted has to leave them as well, so they are open as long as they are there. */
    private void openOthers() throws IOException {
        List<Path> folders;
        try (Stream<Path> all = Files.list(folder)) {
            folders = all.filter(Files::isDirectory).sorted().toList();
        }
        for (Path path : folders) {
            EncoderBinding binding = current != null && path.equals(current.path()) ? null : Generation.bindingOf(path);
            if (binding != null && path.getFileName().toString().equals(name(binding.model()))) {
                others.put(binding.model().digest(), Generation.open(path, analysis, binding));
            }
        }
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
     * the lease when it returns, and not when it throws.
     */
    public void serve(ModelLease<TextEncoder> lease) throws IOException {
        if (current == null) {
            current = first(lease);
        }
        if (!current.encoder().model().digest().equals(lease.id().digest())) {
            throw new IllegalStateException(
                    "the index is bound to " + current.encoder().model() + ", not " + lease.id());
        }
        Serving before = serving;
        serving = new Serving(current, lease);
        leave(before);
    }

    private Generation first(ModelLease<TextEncoder> lease) throws IOException {
        Generation first = generation(lease);
        boolean pointed = false;
        try {
            first.commit();
            point(first);
            pointed = true;
            return first;
        } finally {
            if (!pointed) {
                tidy("A generation that could not be begun is closed", first::close);
            }
        }
    }

    /** From here on the lease of another pair counts: what fails now must not take it back. */
    private void leave(Serving before) {
        if (before != null) {
            tidy("The former encoder is given back", before::leave);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /** What may be left undone: the next start or flip does it. */
    private void tidy(String what, Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            LOG.warn("Language {}: {}, which failed", language, what, e);
        }
    }

    /** Stops serving; the index stays. */
    public void suspend() {
        Serving before = serving;
        serving = null;
        leave(before);
    }

    /**
     * Serves with an encoder whose generation is here and complete, without encoding anything. Owns the lease when it
     * returns true.
     *
     * @param versions version by key of the documents it has to hold
     * @return false when it is not here, lacks something, or is being built
     */
    public boolean switchTo(ModelLease<TextEncoder> lease, Map<String, String> versions) throws IOException {
        Generation kept = others.get(lease.id().digest());
        if (kept == null) {
            return false;
        }
        Map<String, String> held = kept.versions();
        for (Map.Entry<String, String> document : versions.entrySet()) {
            if (!document.getValue().equals(held.get(document.getKey()))) {
                return false;
            }
        }
        for (String key : List.copyOf(held.keySet())) {
            if (!versions.containsKey(key)) {
                kept.remove(key);
            }
        }
        flip(kept, lease);
        return true;
    }

    /**
     * Opens the generation of another encoder beside the current one, empty, half built, or as it was left.
     *
     * @return versions by key of the documents it holds already; null when that encoder's is the current one
     */
    public Map<String, String> beginNext(ModelLease<TextEncoder> lease) throws IOException {
        String digest = lease.id().digest();
        if (current != null && current.encoder().model().digest().equals(digest)) {
            return null;
        }
        if (next != null && !next.usable()) {
            Generation broken = next;
            next = null;
            tidy("A generation that cannot be written is opened anew", broken::abandon);
        }
        if (!holds(next, digest)) {
            abandonNext();
            Generation kept = others.get(digest);
            next = kept != null ? kept : generation(lease);
            others.remove(digest);
        }
        return new HashMap<>(next.versions());
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
            Generation left = next;
            left.commit();
            next = null;
            keep(left);
        }
    }

    /**
     * The generation that was built serves from now on, with its encoder: durable first, then visible at once. Owns the
     * lease when it returns; when it throws, everything is as before.
     */
    public void flip(ModelLease<TextEncoder> lease) throws IOException {
        flip(next, lease);
    }

    private void flip(Generation generation, ModelLease<TextEncoder> lease) throws IOException {
        generation.commit();
        generation.refresh();
        point(generation);
        Generation before = current;
        Serving served = serving;
        current = generation;
        if (next == generation) {
            next = null;
        }
        others.remove(lease.id().digest(), generation);
        gone.remove(lease.id().digest());
        serving = new Serving(current, lease);
        leave(served);
        if (before != null) {
            keep(before);
        }
        tidy("Folders that nobody can read are deleted", this::deleteStrangers);
    }

    /** Keeps a generation that does not serve, unless its encoder has gone. */
    private void keep(Generation generation) {
        String digest = generation.encoder().model().digest();
        if (gone.contains(digest)) {
            tidy("The generation of an encoder that has gone is deleted", () -> delete(generation));
        } else {
            others.put(digest, generation);
        }
    }

    private static void delete(Generation generation) throws IOException {
        generation.close();
        Folders.delete(generation.path());
    }

    /** An encoder is not installed any more: its generation goes, at once or when another one serves. */
    public void drop(String digest) throws IOException {
        Generation kept = others.remove(digest);
        if (kept != null) {
            delete(kept);
        } else if (holds(current, digest) || holds(next, digest)) {
            gone.add(digest);
        }
    }

    private static boolean holds(Generation generation, String digest) {
        return generation != null && generation.encoder().model().digest().equals(digest);
    }

    /** Digests of the encoders whose generations are here. */
    public List<String> encoders() {
        return open().stream()
                .map(generation -> generation.encoder().model().digest())
                .toList();
    }

    /**
     * Opens anew what a failure has closed, as it was last committed.
     *
     * @return whether the current generation was closed
     */
    public boolean mend() throws IOException {
        boolean mended = false;
        for (Generation generation : open()) {
            if (generation.mend()) {
                LOG.warn(
                        "Language {}: index {} was closed by a failure and is open again.",
                        language,
                        generation.path());
                mended |= generation == current;
            }
        }
        return mended;
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
        List<Generation> open = new ArrayList<>(others.values());
        for (Generation generation : new Generation[] {current, next}) {
            if (generation != null) {
                open.add(generation);
            }
        }
        return open;
    }

    private static String name(ModelId model) {
        String digest = model.digest().replaceFirst("^sha256:", "").replaceAll("[^0-9A-Za-z]", "_");
        return digest.substring(0, Math.min(16, digest.length())) + FORMAT;
    }

    private Generation generation(ModelLease<TextEncoder> lease) throws IOException {
        ModelId model = lease.id();
        Path path = folder.resolve(name(model));
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

    /** Folders of an older layout, or that nobody can read. */
    private void deleteStrangers() throws IOException {
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
