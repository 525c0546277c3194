package org.candor.retrieval.internal.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.retrieval.internal.index.Analysis;
import org.candor.retrieval.internal.index.EncodedDocument;
import org.candor.retrieval.internal.index.Entry;
import org.candor.retrieval.internal.index.Fusion;
import org.candor.retrieval.internal.index.LanguageIndex;
import org.candor.retrieval.internal.index.Origin;

/**
 * The documents that can be found: an index for each language, their entries in memory, and what must stay out. Every
 * change happens under one lock and is visible to the next request; {@link #entry} takes no lock.
 */
final class Catalogue implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, LanguageIndex> languages = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final LibraryState state;
    private final UploadStore uploads;

    private Catalogue(LibraryState state, UploadStore uploads) {
        this.state = state;
        this.uploads = uploads;
    }

    static Catalogue open(Path directory, int exactScanLimit, Fusion fusion) throws IOException {
        Files.createDirectories(directory);
        Catalogue catalogue = new Catalogue(
                LibraryState.read(directory.resolve("library.state")), new UploadStore(directory.resolve("uploads")));
        try {
            catalogue.uploads.library(catalogue.state.folder());
            for (String language : Analysis.LANGUAGES) {
                LanguageIndex index = LanguageIndex.open(directory.resolve(language), language, exactScanLimit, fusion);
                catalogue.languages.put(language, index);
                for (Entry entry : index.entries().values()) {
                    catalogue.recover(entry);
                }
            }
            catalogue.dropForbidden();
        } catch (IOException | RuntimeException e) {
            catalogue.close();
            throw e;
        }
        return catalogue;
    }

    /** A crash between two languages' commits may leave a document in both: the later one counts. */
    private void recover(Entry entry) throws IOException {
        Entry other = entries.get(entry.key());
        if (other == null) {
            entries.put(entry.key(), entry);
            return;
        }
        Entry later = entry.info().indexed().isAfter(other.info().indexed()) ? entry : other;
        Entry earlier = later == entry ? other : entry;
        languages.get(earlier.info().language()).remove(entry.key());
        languages.get(earlier.info().language()).refresh();
        entries.put(entry.key(), later);
    }

    /** A crash between the record of a deletion and the deletion itself. */
    private void dropForbidden() throws IOException {
        remove(entries.values().stream().filter(e -> forbidden(e) != null).toList());
    }

    interface Action<T> {
        T run() throws IOException;
    }

    /** Runs a change, or a look that must not be disturbed by one. */
    <T> T locked(Action<T> action) throws IOException {
        lock.lock();
        try {
            return action.run();
        } finally {
            lock.unlock();
        }
    }

    LibraryState state() {
        return state;
    }

    UploadStore uploads() {
        return uploads;
    }

    LanguageIndex language(String language) {
        return languages.get(language);
    }

    Collection<LanguageIndex> languages() {
        return languages.values();
    }

    /** What is searchable under a key now, or null. */
    Entry entry(String key) {
        return entries.get(key);
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    /** Why a document must stay out, or null. Asked again right before it is put. */
    String forbidden(Entry entry) {
        DocumentInfo info = entry.info();
        if (state.isErasedContent(info.tenant(), info.version())) {
            return "this content was erased";
        }
        for (String subject : info.subjects()) {
            if (state.isErasedSubject(info.tenant(), subject)) {
                return "it names a subject that was erased";
            }
        }
        boolean deleted =
                entry.origin() == Origin.FOLDER && state.isDeleted(info.tenant(), info.document(), info.version());
        return deleted ? "it was deleted and has not changed since" : null;
    }

    /** Makes documents searchable; those that must stay out by now are left out. */
    void put(List<EncodedDocument> documents) throws IOException {
        lock.lock();
        try {
            mend();
            for (EncodedDocument document : documents) {
                Entry entry = document.document().entry();
                if (forbidden(entry) != null) {
                    continue;
                }
                Entry before = entries.get(entry.key());
                if (before != null
                        && !before.info().language().equals(entry.info().language())) {
                    languages.get(before.info().language()).remove(entry.key());
                    languages.get(before.info().language()).refresh();
                }
                languages.get(entry.info().language()).put(document);
                entries.put(entry.key(), entry);
            }
            refresh();
        } finally {
            lock.unlock();
        }
    }

    /**
     * An index that a full disk has closed is opened anew, as it was last committed. What it lost is no longer listed, so that
     * the next look at the library takes it in again; what had left the list leaves the index again.
     */
    void mend() throws IOException {
        for (LanguageIndex index : languages.values()) {
            if (!index.mend()) {
                continue;
            }
            Map<String, Entry> held = index.entries();
            entries.values()
                    .removeIf(entry ->
                            entry.info().language().equals(index.language()) && !held.containsKey(entry.key()));
            for (Map.Entry<String, Entry> each : held.entrySet()) {
                if (entries.containsKey(each.getKey())) {
                    entries.put(each.getKey(), each.getValue());
                } else {
                    index.remove(each.getKey());
                }
            }
        }
    }

    /** The same content was seen with another file time. */
    void touch(Entry entry) {
        entries.computeIfPresent(entry.key(), (key, present) -> entry);
    }

    /**
     * Another folder is the library. The former one's documents are out when this returns; its uploads stay on disk.
     * Uploads added before there was any library go along with the first.
     */
    void mirror(String tenant, Path folder) throws IOException {
        lock.lock();
        try {
            Path former = state.folder();
            boolean uploadsStay = former == null || former.equals(folder);
            // out before the change is recorded: after a crash in between, the former library is indexed again
            take(
                    entries.values().stream()
                            .filter(entry -> entry.origin() == Origin.FOLDER || !uploadsStay)
                            .toList(),
                    false);
            state.mirror(tenant, folder);
            uploads.library(folder);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing of these is found any more when this returns, nor after a crash; uploads among them are destroyed. */
    void remove(Collection<Entry> gone) throws IOException {
        take(gone, true);
    }

    private void take(Collection<Entry> gone, boolean destroy) throws IOException {
        if (gone.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            mend();
            for (Entry entry : gone) {
                // out of the catalogue first: every hit is looked up there, also those of running requests
                entries.remove(entry.key());
                for (LanguageIndex index : languages.values()) {
                    index.remove(entry.key());
                }
                if (destroy && entry.origin() == Origin.UPLOAD) {
                    uploads.delete(entry.info().tenant(), entry.info().document());
                }
            }
            refresh();
            commit();
        } finally {
            lock.unlock();
        }
    }

    /** @param others documents that are erased with those in the index: their content is never taken in again either */
    List<DocumentInfo> erase(String tenant, String subject, List<DocumentInfo> others) throws IOException {
        lock.lock();
        try {
            List<Entry> gone = entries.values().stream()
                    .filter(entry -> entry.info().tenant().equals(tenant)
                            && entry.info().subjects().contains(subject))
                    .sorted(Comparator.comparing(Entry::key))
                    .toList();
            List<DocumentInfo> infos = gone.stream().map(Entry::info).toList();
            state.erased(
                    tenant,
                    subject,
                    Stream.concat(infos.stream(), others.stream())
                            .map(DocumentInfo::version)
                            .toList());
            remove(gone);
            // also when nothing was found: what left the index with its library may still lie in a segment
            for (LanguageIndex index : languages.values()) {
                index.purge();
            }
            return infos;
        } finally {
            lock.unlock();
        }
    }

    List<DocumentInfo> documents(String tenant) {
        List<DocumentInfo> documents = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry.info().tenant().equals(tenant)) {
                documents.add(entry.info());
            }
        }
        documents.sort(Comparator.comparing(DocumentInfo::document));
        return documents;
    }

    void commit() throws IOException {
        lock.lock();
        try {
            for (LanguageIndex index : languages.values()) {
                index.commit();
            }
        } finally {
            lock.unlock();
        }
    }

    private void refresh() throws IOException {
        for (LanguageIndex index : languages.values()) {
            index.refresh();
        }
    }

    int passages() throws IOException {
        int n = 0;
        for (LanguageIndex index : languages.values()) {
            n += index.passages();
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            for (LanguageIndex index : languages.values()) {
                index.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
