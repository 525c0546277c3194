package org.candor.retrieval.internal.library;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.retrieval.internal.index.DocumentEncoder;
import org.candor.retrieval.internal.index.Entry;
import org.candor.retrieval.internal.index.IndexedDocument;
import org.candor.retrieval.internal.index.Origin;
import org.candor.retrieval.internal.index.Snapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the catalogue in line with the mirrored folder and the kept uploads: what is new or changed goes in, what is
 * gone goes out. Size and time tell what to look at, the digest what changed. Used by the library's worker.
 */
final class Mirror {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);
    private static final int TEXTS_A_BATCH = 96;
    private static final long COMMIT_NANOS = 5_000_000_000L;

    private final Catalogue catalogue;
    private final DocumentReader reader;
    private final DocumentEncoder encoder;
    private final Progress progress;
    private final int mostBytes;
    /** Problems that were logged: each once, as long as it lasts. */
    private final Set<String> logged = new HashSet<>();

    private volatile Consumer<String> warmUp = tenant -> {};
    private volatile boolean stopped;

    Mirror(Catalogue catalogue, DocumentReader reader, DocumentEncoder encoder, Progress progress, int mostBytes) {
        this.catalogue = catalogue;
        this.reader = reader;
        this.encoder = encoder;
        this.progress = progress;
        this.mostBytes = mostBytes;
    }

    /** @param search done with the tenant at the end of each look, before it is told that the library is idle */
    void warmUp(Consumer<String> search) {
        warmUp = search;
    }

    /** A running scan ends at its next file. */
    void stop() {
        stopped = true;
    }

    /** @param modified of the file, milliseconds: with its size, the version a problem is logged for */
    private record Task(String name, long size, long modified, Reading reading) {}

    private interface Reading {
        /** The document, or null when the catalogue has this very content. */
        IndexedDocument read() throws IOException;
    }

    /**
     * One pass over everything.
     *
     * @return files that wait for an encoder
     */
    int run() throws IOException {
        List<String> problems = new ArrayList<>();
        List<Task> tasks = new ArrayList<>();
        Path folder = catalogue.locked(() -> catalogue.state().folder());
        if (folder != null) {
            folderTasks(folder, catalogue.locked(() -> catalogue.state().tenant()), tasks, problems);
        }
        uploadTasks(tasks);
        long bytes = tasks.stream().mapToLong(Task::size).sum();
        progress.begin(tasks.size(), bytes);
        Pass pass = new Pass(problems, folder);
        for (Task task : tasks) {
            if (stopped || pass.outdated()) {
                break;
            }
            pass.take(task);
        }
        pass.finish();
        if (!stopped && !pass.outdated()) {
            logged.retainAll(pass.lasting);
        }
        String tenant = catalogue.locked(() -> catalogue.state().tenant());
        if (!stopped && tenant != null) {
            warmUp.accept(tenant);
        }
        progress.end(pass.waiting, problems);
        return pass.waiting;
    }

    private void folderTasks(Path folder, String tenant, List<Task> tasks, List<String> problems) throws IOException {
        FolderScan scan = FolderScan.of(folder);
        problems.addAll(scan.problems());
        Set<String> present = new HashSet<>();
        for (FolderScan.Found file : scan.files()) {
            String key = Entry.key(tenant, file.document());
            present.add(key);
            Entry entry = catalogue.entry(key);
            boolean unchanged = entry != null
                    && (entry.origin() == Origin.UPLOAD
                            || (entry.info().bytes() == file.size() && entry.modified() == file.modified()));
            if (!unchanged) {
                tasks.add(new Task(file.document(), file.size(), file.modified(), () -> read(tenant, file)));
            }
        }
        catalogue.remove(catalogue.entries().stream()
                .filter(entry -> entry.origin() == Origin.FOLDER && !present.contains(entry.key()))
                .toList());
    }

    private IndexedDocument read(String tenant, FolderScan.Found file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file.path())) {
            content = in.readNBytes(mostBytes + 1);
        }
        Entry present = catalogue.entry(Entry.key(tenant, file.document()));
        if (present != null && present.info().version().equals(Digests.sha256(content))) {
            catalogue.touch(new Entry(present.info(), present.origin(), file.modified()));
            return null;
        }
        return reader.read(tenant, file.document(), content, DocumentMetadata.NONE, Origin.FOLDER, file.modified());
    }

    /** Uploads of this library outside the index: after a change of library, or left so by a crash. */
    private void uploadTasks(List<Task> tasks) throws IOException {
        Set<Path> known = new HashSet<>();
        for (Entry entry : catalogue.entries()) {
            if (entry.origin() == Origin.UPLOAD) {
                known.add(catalogue
                        .uploads()
                        .file(entry.info().tenant(), entry.info().document()));
            }
        }
        for (Path file : catalogue.locked(() -> catalogue.uploads().files())) {
            if (!known.contains(file)) {
                tasks.add(new Task(file.getFileName().toString(), Files.size(file), 0, () -> {
                    UploadStore.Upload upload = catalogue.uploads().read(file);
                    return reader.read(
                            upload.tenant(), upload.document(), upload.content(), upload.metadata(), Origin.UPLOAD, 0);
                }));
            }
        }
    }

    /** One pass: documents are collected by language until a batch is worth a call of the encoder. */
    private final class Pass {
        private final List<String> problems;
        private final Path folder;
        private final Map<String, List<IndexedDocument>> batches = new LinkedHashMap<>();
        private final Map<String, Integer> waitingFor = new LinkedHashMap<>();
        private final Set<String> lasting = new HashSet<>();
        private long committed = System.nanoTime();
        private int waiting;

        Pass(List<String> problems, Path folder) {
            this.problems = problems;
            this.folder = folder;
            problems.forEach(problem -> log(problem, problem));
        }

        /** A file that is not read is worth a warning, but not at every look at the folder. */
        private void log(String version, String problem) {
            lasting.add(version);
            if (logged.add(version)) {
                LOG.warn("A file of the library was not read: {}", problem);
            }
        }

        private void notRead(Task task, String reason) throws IOException {
            String problem = task.name() + ": " + reason;
            problems.add(problem);
            log(problem + ' ' + task.size() + ' ' + task.modified(), problem);
            dropFormer(task);
            progress.advance(1, task.size());
        }

        /** Another folder is mirrored by now: the next pass has its files. */
        boolean outdated() throws IOException {
            return !java.util.Objects.equals(
                    folder, catalogue.locked(() -> catalogue.state().folder()));
        }

        void take(Task task) throws IOException {
            IndexedDocument document;
            try {
                document = task.reading().read();
            } catch (IOException e) {
                notRead(task, e.getMessage());
                return;
            } catch (LinkageError e) {
                LOG.error("This installation cannot read {}", task.name(), e);
                notRead(task, "a fault of this installation, not of the file: " + e);
                return;
            }
            if (document == null) {
                progress.advance(1, task.size());
                return;
            }
            String reason = catalogue.locked(() -> catalogue.forbidden(document.entry()));
            if (reason != null) {
                problems.add(task.name() + ": kept out, " + reason);
                dropFormer(task);
                progress.advance(1, task.size());
                return;
            }
            String language = document.entry().info().language();
            if (!catalogue.language(language).serves()) {
                waiting++;
                waitingFor.merge(language, 1, Integer::sum);
                return;
            }
            List<IndexedDocument> batch = batches.computeIfAbsent(language, l -> new ArrayList<>());
            batch.add(document);
            if (batch.stream().mapToInt(IndexedDocument::texts).sum() >= TEXTS_A_BATCH) {
                index(language);
            }
        }

        /** A version that the file no longer has is not served on, even when the new one cannot be. */
        private void dropFormer(Task task) throws IOException {
            String tenant = catalogue.locked(() -> catalogue.state().tenant());
            Entry former = tenant == null ? null : catalogue.entry(Entry.key(tenant, task.name()));
            if (former != null && former.origin() == Origin.FOLDER) {
                catalogue.remove(List.of(former));
            }
        }

        private void index(String language) throws IOException {
            List<IndexedDocument> batch = batches.remove(language);
            if (batch == null || batch.isEmpty()) {
                return;
            }
            try (Snapshot snapshot = catalogue.language(language).snapshot()) {
                var encoded = encoder.encode(batch, snapshot.encoder());
                boolean put = catalogue.locked(() -> {
                    // an encoder that was flipped meanwhile gave vectors of the wrong kind; the next pass does it again
                    boolean same = catalogue.language(language).serves()
                            && catalogue.language(language).encoder().model().equals(snapshot.model())
                            && !outdated();
                    if (same) {
                        catalogue.put(encoded);
                    }
                    return same;
                });
                if (!put) {
                    waiting += batch.size();
                    return;
                }
            } catch (ModelUnavailableException e) {
                waiting += batch.size();
                waitingFor.merge(language, batch.size(), Integer::sum);
                return;
            }
            progress.advance(
                    batch.size(),
                    batch.stream().mapToLong(d -> d.entry().info().bytes()).sum());
            if (System.nanoTime() - committed > COMMIT_NANOS) {
                catalogue.commit();
                committed = System.nanoTime();
            }
        }

        void finish() throws IOException {
            for (String language : List.copyOf(batches.keySet())) {
                index(language);
            }
            catalogue.commit();
            waitingFor.forEach((language, n) -> problems.add((n == 1 ? "1 document waits" : n + " documents wait")
                    + " for an encoder of language \"" + language + "\""));
        }
    }
}
