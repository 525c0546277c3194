package org.candor.retrieval.internal.library;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.lucene.store.AlreadyClosedException;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRegistry;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Library;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.retrieval.internal.index.DocumentEncoder;
import org.candor.retrieval.internal.index.EncodedDocument;
import org.candor.retrieval.internal.index.Entry;
import org.candor.retrieval.internal.index.Fusion;
import org.candor.retrieval.internal.index.IndexedDocument;
import org.candor.retrieval.internal.index.LanguageIndex;
import org.candor.retrieval.internal.index.Origin;
import org.candor.retrieval.internal.index.Snapshot;
import org.candor.retrieval.internal.text.Extractor;
import org.candor.retrieval.internal.text.Limits;
import org.candor.retrieval.internal.text.Passages;
import org.candor.retrieval.internal.text.UnreadableDocumentException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The library as callers see it: what they ask for is done here or left to the worker. Thread safe. */
public final class Documents implements Library, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Documents.class);
    private static final int MOST_NAME = 1_000;

    /**
     * How a library is kept.
     *
     * @param directory index, uploads and state
     * @param routes model route by language
     * @param passageTarget estimated tokens of a full passage
     * @param passageLimit estimated tokens of the longest
     * @param exactScanLimit passages up to which vectors are scanned
     * @param fusion of the legs
     * @param rescanSeconds between unasked looks at the folder, 0 for none
     * @param mostBytes of a file
     */
    public record Settings(
            Path directory,
            Map<String, String> routes,
            int passageTarget,
            int passageLimit,
            int exactScanLimit,
            Fusion fusion,
            int rescanSeconds,
            int mostBytes) {}

    private final Catalogue catalogue;
    private final DocumentReader reader;
    private final DocumentEncoder encoder = new DocumentEncoder();
    private final Progress progress = new Progress();
    private final EncoderRoutes encoders;
    private final UploadErasure erasure;
    private final Mirror mirror;
    private final LibraryWorker worker;
    private final int mostBytes;

    private Documents(Settings settings) throws IOException {
        Limits limits = new Limits(settings.mostBytes(), Limits.DEFAULT.characters(), Limits.DEFAULT.seconds());
        catalogue = Catalogue.open(settings.directory(), settings.exactScanLimit(), settings.fusion());
        reader = new DocumentReader(
                new Extractor(limits), new Passages(settings.passageTarget(), settings.passageLimit()));
        erasure = new UploadErasure(catalogue, reader);
        erasure.finish();
        encoders = new EncoderRoutes(catalogue, encoder, settings.routes());
        mirror = new Mirror(catalogue, reader, encoder, progress, settings.mostBytes());
        mostBytes = settings.mostBytes();
        worker = new LibraryWorker(encoders, mirror, progress, settings.rescanSeconds());
    }

    /** Opens a library and starts its worker. */
    public static Documents open(Settings settings) throws IOException {
        return new Documents(settings);
    }

    /** Models may be leased from here. */
    public void registry(ModelRegistry registry) {
        encoders.registry(registry);
        worker.tell();
    }

    /** Gives every lease of this registry back. */
    public void withdraw(ModelRegistry registry) throws IOException {
        encoders.withdraw(registry);
    }

    /** A route leads somewhere else now. */
    public void activated(String route) {
        if (!encoders.leads(route)) {
            return;
        }
        try {
            encoders.followAtOnce(route);
        } catch (IOException | RuntimeException e) {
            LOG.warn("Route {} is followed later: {}", route, e.toString());
        }
        worker.tell();
    }

    /** A revision is not installed any more: its index goes. */
    public void removed(ModelId model) {
        try {
            encoders.removed(model.digest());
        } catch (IOException | RuntimeException e) {
            LOG.warn("The index of {} could not be deleted: {}", model, e.toString());
        }
    }

    /** Drops the indexes of revisions that were removed while nobody told; the worker does it once after a start. */
    public void sweep() throws IOException {
        encoders.sweep();
    }

    /** What is done with the tenant before the library says that it is idle, on the library's own thread. */
    public void warmUp(Consumer<String> search) {
        mirror.warmUp(search);
    }

    /** What the encoder cost so far. */
    public DocumentEncoder encoder() {
        return encoder;
    }

    /** One state of a language's index with its encoder. */
    public Snapshot snapshot(String language) {
        return catalogue.language(language).snapshot();
    }

    /** The document of a passage, when it is still there in this very version, else null. */
    public DocumentInfo current(Snapshot.Found found) {
        Entry entry = catalogue.entry(found.key());
        return entry != null && entry.info().version().equals(found.version()) ? entry.info() : null;
    }

    @Override
    public void mirror(String tenant, Path folder) throws IOException {
        name("tenant", tenant);
        if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
            throw new IOException(folder + " is no readable folder");
        }
        Path real = folder.toRealPath();
        catalogue.locked(() -> {
            boolean same = real.equals(catalogue.state().folder())
                    && tenant.equals(catalogue.state().tenant());
            if (!same) {
                catalogue.mirror(tenant, real);
            }
            return null;
        });
        worker.tell();
    }

    @Override
    public void rescan() {
        worker.tell();
    }

    @Override
    public DocumentInfo add(String tenant, String document, byte[] content, DocumentMetadata metadata)
            throws IOException {
        name("tenant", tenant);
        path(document);
        IndexedDocument read = reader.read(tenant, document, content, metadata, Origin.UPLOAD, 0);
        refuse(read);
        LanguageIndex index = catalogue.language(read.entry().info().language());
        while (true) {
            EncodedDocument encoded;
            try (Snapshot snapshot = index.snapshot()) {
                encoded = encoder.encode(List.of(read), snapshot.encoder()).getFirst();
                boolean put = catalogue.locked(() -> {
                    refuse(read);
                    if (!index.serves() || !index.encoder().model().equals(snapshot.model())) {
                        return false; // the encoder was flipped meanwhile: its vectors are of another kind
                    }
                    store(
                            new UploadStore.Upload(tenant, document, withSubjects(metadata, read.entry()), content),
                            encoded);
                    return true;
                });
                if (put) {
                    return encoded.document().entry().info();
                }
            }
        }
    }

    /** First the upload, so that a crash after it loses nothing, then the index. */
    private void store(UploadStore.Upload upload, EncodedDocument encoded) {
        try {
            catalogue.uploads().put(upload);
            catalogue.put(List.of(encoded));
            catalogue.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AlreadyClosedException e) {
            // Closed by the failure of a write; the next change opens it anew.
            throw new UncheckedIOException(new IOException("the index: " + e.getMessage(), e));
        }
    }

    /** With the subjects that front matter names, so that an erasure need not read the text to find them. */
    private static DocumentMetadata withSubjects(DocumentMetadata metadata, Entry entry) {
        return new DocumentMetadata(
                metadata.title(),
                metadata.language(),
                metadata.owner(),
                entry.info().subjects(),
                metadata.purposes(),
                metadata.roles(),
                metadata.licence());
    }

    private void refuse(IndexedDocument read) throws IOException {
        String reason = catalogue.locked(() -> catalogue.forbidden(read.entry()));
        if (reason != null) {
            throw new UnreadableDocumentException(read.entry().info().document() + " is not taken in: " + reason);
        }
    }

    @Override
    public boolean delete(String tenant, String document) throws IOException {
        return catalogue.locked(() -> {
            Entry entry = catalogue.entry(Entry.key(tenant, document));
            if (entry == null) {
                return false;
            }
            keepOut(tenant, document, entry);
            catalogue.remove(List.of(entry));
            return true;
        });
    }

    /** The file of the mirrored folder must not come back, be it the document itself or one an upload stands for. */
    private void keepOut(String tenant, String document, Entry entry) throws IOException {
        Path folder = catalogue.state().folder();
        if (folder == null || !tenant.equals(catalogue.state().tenant())) {
            return;
        }
        catalogue.state().deleted(tenant, document, entry.info().version());
        Path file = folder.resolve(document).normalize();
        if (entry.origin() == Origin.UPLOAD && file.startsWith(folder) && Files.isRegularFile(file)) {
            catalogue.state().deleted(tenant, document, Digests.sha256(Files.readAllBytes(file)));
        }
    }

    @Override
    public List<DocumentInfo> erase(String tenant, String subject) throws IOException {
        return catalogue.locked(() -> erasure.erase(tenant, subject));
    }

    @Override
    public Text text(String tenant, String document) throws IOException {
        Path[] file = new Path[1];
        Entry entry = catalogue.locked(() -> {
            Entry found = catalogue.entry(Entry.key(tenant, document));
            if (found != null) {
                file[0] = found.origin() == Origin.UPLOAD
                        ? catalogue.uploads().file(tenant, document)
                        : catalogue.state().folder().resolve(document);
            }
            return found;
        });
        if (entry == null) {
            return null;
        }
        byte[] content = entry.origin() == Origin.UPLOAD
                ? catalogue.uploads().read(file[0]).content()
                : mirrored(file[0]);
        if (!Digests.sha256(content).equals(entry.info().version())) {
            throw new IOException(document + " has changed and waits to be indexed");
        }
        return new Text(entry.info(), reader.text(document, content));
    }

    private byte[] mirrored(Path file) throws IOException {
        if (Files.size(file) > mostBytes) {
            throw new IOException(file.getFileName() + " has changed and waits to be indexed");
        }
        return Files.readAllBytes(file);
    }

    @Override
    public List<DocumentInfo> documents(String tenant) {
        return catalogue.documents(tenant);
    }

    @Override
    public LibraryStatus status() {
        try {
            return catalogue.locked(() -> {
                Progress.View view = progress.view();
                Path folder = catalogue.state().folder();
                List<String> bound = new ArrayList<>();
                for (LanguageIndex index : catalogue.languages()) {
                    if (index.encoder() != null && index.serves()) {
                        var model = index.encoder().model();
                        bound.add(model.name() + " " + model.version() + " " + model.digest());
                    }
                }
                return new LibraryStatus(
                        folder == null ? null : folder.toString(),
                        view.state(),
                        view.done(),
                        view.total(),
                        view.secondsLeft(),
                        catalogue.entries().size(),
                        catalogue.passages(),
                        view.problems(),
                        bound);
            });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the index cannot be read", e);
        }
    }

    /**
     * Writes what cannot be made again to an empty folder: uploads, the mirrored folder's name, what was deleted and erased.
     * The index is made again from these.
     */
    public void copy(Path to) throws IOException {
        Files.createDirectories(to);
        catalogue.locked(() -> {
            catalogue.state().copy(to);
            catalogue.uploads().copy(to.resolve("uploads"));
            return null;
        });
    }

    private static void name(String what, String value) throws IOException {
        if (value == null || value.isBlank() || value.length() > MOST_NAME || value.indexOf('\n') >= 0) {
            throw new IOException("the " + what + " is empty, longer than " + MOST_NAME + " or has a line break");
        }
    }

    private static void path(String document) throws IOException {
        name("document", document);
        boolean relative;
        try {
            Path path = Path.of(document);
            relative = !path.isAbsolute()
                    && path.normalize().toString().replace('\\', '/').equals(document);
        } catch (InvalidPathException e) {
            relative = false;
        }
        if (!relative || document.startsWith("../") || document.equals("..") || document.contains("\\")) {
            throw new IOException("\"" + document + "\" is no plain relative path");
        }
        if (!Extractor.supports(document)) {
            throw new UnreadableDocumentException(
                    "the type of " + document + " is not supported (txt, md, html, pdf, docx are)");
        }
    }

    @Override
    public void close() throws IOException {
        worker.close();
        catalogue.close();
    }
}
