package org.candor.retrieval.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.candor.api.model.ModelId;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.Scope;
import org.candor.retrieval.internal.index.Fusion;
import org.candor.retrieval.internal.library.Documents;

/** A library over a folder with a {@link WordEncoder} for each language. */
public final class TestLibrary implements AutoCloseable {
    public static final ModelId FIRST = new ModelId("encoder-en", "1", "sha256:" + "a1".repeat(32));
    public static final ModelId SECOND = new ModelId("encoder-en", "2", "sha256:" + "b2".repeat(32));
    public static final ModelId CHINESE = new ModelId("encoder-zh", "1", "sha256:" + "c3".repeat(32));

    public final Encoders encoders = new Encoders()
            .install(FIRST, new WordEncoder(64, 1, 200))
            .install(SECOND, new WordEncoder(96, 2, 200))
            .install(CHINESE, new WordEncoder(48, 3, 200));
    public final Documents documents;
    public final RetrievalService retrieval;

    private TestLibrary(Path directory, int exactScanLimit) throws IOException {
        encoders.route("encoder-en", FIRST);
        encoders.route("encoder-zh", CHINESE);
        documents = Documents.open(new Documents.Settings(
                directory,
                Map.of("en", "encoder-en", "zh", "encoder-zh"),
                60,
                150,
                exactScanLimit,
                Fusion.EQUAL,
                0,
                1 << 20));
        retrieval = new RetrievalService(documents);
    }

    /** With encoders, ready to answer. */
    public static TestLibrary open(Path directory) throws Exception {
        return open(directory, 100_000);
    }

    public static TestLibrary open(Path directory, int exactScanLimit) throws Exception {
        TestLibrary library = new TestLibrary(directory, exactScanLimit);
        library.documents.registry(library.encoders);
        library.settle();
        return library;
    }

    /** Before any encoder is there. */
    public static TestLibrary withoutEncoders(Path directory) throws IOException {
        return new TestLibrary(directory, 100_000);
    }

    /** Waits until the worker has nothing to do. */
    public LibraryStatus settle() throws InterruptedException {
        return settle("idle");
    }

    public LibraryStatus settle(String state) throws InterruptedException {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < deadline) {
            LibraryStatus status = documents.status();
            if (status.state().equals(state)) {
                return status;
            }
            Thread.onSpinWait();
            Thread.yield();
        }
        throw new AssertionError("the library did not become " + state + ": " + documents.status());
    }

    public DocumentInfo add(String document, String text) throws IOException {
        return documents.add("default", document, text.getBytes(StandardCharsets.UTF_8), DocumentMetadata.NONE);
    }

    public static Scope scope() {
        return new Scope("default", "question-answering", Set.of("viewer"), Set.of(), document -> true);
    }

    @Override
    public void close() throws IOException {
        documents.close();
    }
}
