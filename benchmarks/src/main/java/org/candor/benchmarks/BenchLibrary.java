package org.candor.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelUnavailableException;
import org.candor.api.model.StoreUsage;
import org.candor.api.model.TextEncoder;
import org.candor.api.operation.Caller;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.Scope;
import org.candor.retrieval.internal.RetrievalService;
import org.candor.retrieval.internal.index.Fusion;
import org.candor.retrieval.internal.library.Documents;

/** The product's library over a temporary folder of documents, with one language's encoder. */
final class BenchLibrary implements AutoCloseable {
    private final Path folder;
    private final Path files;
    private final Documents documents;
    private final Encoder kind;
    private final double seconds;

    /**
     * Indexes documents by mirroring them from disk, as the server does.
     *
     * @param texts content by file name
     * @param passageTarget see the bundle's configuration
     * @param passageLimit see the bundle's configuration
     */
    BenchLibrary(
            Encoder kind,
            TextEncoder encoder,
            Map<String, String> texts,
            int passageTarget,
            int passageLimit,
            double vectorWeight)
            throws IOException, InterruptedException {
        this.kind = kind;
        folder = Files.createTempDirectory("candor-retrieval");
        files = Files.createDirectories(folder.resolve("files"));
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Files.writeString(files.resolve(text.getKey()), text.getValue());
        }
        documents = Documents.open(new Documents.Settings(
                folder.resolve("index"),
                Map.of(kind.language(), "encoder"),
                passageTarget,
                passageLimit,
                100_000,
                new Fusion(vectorWeight),
                0,
                1 << 25));
        documents.registry(new OneEncoder(kind.id(), encoder));
        long start = System.nanoTime();
        documents.mirror("default", files);
        LibraryStatus status = documents.status();
        while (!status.state().equals("idle")) {
            if (status.state().equals("failed")) {
                throw new IOException("indexing failed: " + status.problems());
            }
            Thread.sleep(20);
            status = documents.status();
        }
        seconds = (System.nanoTime() - start) * 1e-9;
        if (!status.problems().isEmpty() || status.documents() != texts.size()) {
            throw new IOException(status.documents() + " of " + texts.size() + " documents: " + status.problems());
        }
        System.err.printf("%d documents, %d passages, %.1f s%n", status.documents(), status.passages(), seconds);
    }

    /** Made when asked for: fitting must not need the constants it makes. */
    RetrievalService retrieval() {
        return new RetrievalService(documents);
    }

    Documents documents() {
        return documents;
    }

    String language() {
        return kind.language();
    }

    /** Seconds indexing took. */
    double seconds() {
        return seconds;
    }

    static Scope everything() {
        return scope(document -> true);
    }

    static Scope scope(Predicate<DocumentInfo> permits) {
        return new Scope("default", "question-answering", Set.of(), Set.of(), permits);
    }

    @Override
    public void close() throws IOException {
        documents.close();
        delete(folder);
    }

    static void delete(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private record OneEncoder(ModelId id, TextEncoder encoder) implements ModelRegistry {
        @Override
        public ModelLease<TextEncoder> leaseEncoder(String route) {
            return new ModelLease<>() {
                @Override
                public ModelId id() {
                    return id;
                }

                @Override
                public TextEncoder model() {
                    return encoder;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public ModelLease<TextEncoder> leaseEncoderByDigest(String digest) {
            throw new ModelUnavailableException("there is one encoder");
        }

        @Override
        public List<ModelRevision> revisions() {
            return List.of();
        }

        @Override
        public List<String> routes() {
            return List.of("encoder");
        }

        @Override
        public Activation active(String route) {
            return new Activation(route, id, "benchmark", "benchmark", Instant.EPOCH);
        }

        @Override
        public List<Activation> history(String route) {
            return List.of();
        }

        @Override
        public Activation activate(String name, String version, Caller actor, String reason) {
            throw new ModelUnavailableException("there is one encoder");
        }

        @Override
        public Activation rollBack(String route, Caller actor, String reason) {
            throw new ModelUnavailableException("there is one encoder");
        }

        @Override
        public ModelRevision install(ModelSource source, Caller actor, String reason) {
            throw new ModelUnavailableException("there is one encoder");
        }

        @Override
        public ModelRevision verify(String name, String version, Caller actor, String reason) {
            throw new ModelUnavailableException("there is one encoder");
        }

        @Override
        public ModelId remove(String name, String version, Caller actor, String reason) {
            throw new ModelUnavailableException("there is one encoder");
        }

        @Override
        public StoreUsage store() {
            return new StoreUsage(0, 0, 0, List.of());
        }

        @Override
        public String waitsFor(String route) {
            return "";
        }
    }
}
