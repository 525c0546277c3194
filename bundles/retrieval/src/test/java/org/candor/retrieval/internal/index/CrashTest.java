package org.candor.retrieval.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.candor.api.model.ModelLease;
import org.candor.api.model.TextEncoder;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.retrieval.internal.Encoders;
import org.candor.retrieval.internal.TestLibrary;
import org.candor.retrieval.internal.WordEncoder;
import org.candor.retrieval.internal.text.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that dies at any moment leaves on disk is the last commit. */
class CrashTest {
    @TempDir
    Path folder;

    private final Encoders encoders = new Encoders()
            .install(TestLibrary.FIRST, new WordEncoder(32, 1, 100))
            .install(TestLibrary.SECOND, new WordEncoder(40, 2, 100));
    private final DocumentEncoder documents = new DocumentEncoder();

    private ModelLease<TextEncoder> lease(String digest) {
        return encoders.leaseEncoderByDigest(digest);
    }

    private LanguageIndex open(Path path) throws IOException {
        return LanguageIndex.open(path, "en", 1_000, Fusion.EQUAL);
    }

    private EncodedDocument document(String name, String text) {
        DocumentInfo info = new DocumentInfo(
                "default",
                name,
                "sha256:" + text.hashCode(),
                name,
                "en",
                "",
                Set.of(),
                Set.of(),
                "",
                1,
                1,
                Instant.EPOCH);
        IndexedPassage passage = new IndexedPassage(0, text.length(), text, "", List.of(new Span(0, text.length())));
        IndexedDocument document = new IndexedDocument(new Entry(info, Origin.UPLOAD, 0), List.of(passage));
        try (ModelLease<TextEncoder> lease = lease(TestLibrary.FIRST.digest())) {
            return documents.encode(List.of(document), lease.model()).getFirst();
        }
    }

    /** The files as a dying process leaves them, its lock and open writer notwithstanding. */
    private Path died(Path live, String name) throws IOException {
        Path copy = folder.resolve(name);
        try (var all = Files.walk(live)) {
            for (Path path : all.toList()) {
                Path target = copy.resolve(live.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
        return copy;
    }

    @Test
    void uncommittedChangesAreGoneAndCommittedOnesAreWhole() throws Exception {
        Path live = folder.resolve("live");
        LanguageIndex index = open(live);
        index.serve(lease(TestLibrary.FIRST.digest()));
        index.put(document("a.txt", "first"));
        index.commit();
        index.put(document("b.txt", "second"));
        index.put(document("a.txt", "first, again"));
        index.refresh();
        assertEquals(2, index.entries().size());
        try (LanguageIndex survivor = open(died(live, "before"))) {
            assertEquals(1, survivor.entries().size());
            assertEquals(
                    "first",
                    survivor.read("default\na.txt").passages().getFirst().text());
        }
        index.commit();
        index.remove("default\na.txt");
        index.refresh();
        try (LanguageIndex survivor = open(died(live, "after"))) {
            assertEquals(2, survivor.entries().size());
            assertEquals(
                    "first, again",
                    survivor.read("default\na.txt").passages().getFirst().text());
        }
        index.abandon();
        try (LanguageIndex again = open(live)) {
            assertEquals(2, again.entries().size());
        }
    }

    @Test
    void aGenerationThatWasNotFlippedDoesNotServeButItsWorkIsKept() throws Exception {
        Path live = folder.resolve("live");
        LanguageIndex index = open(live);
        index.serve(lease(TestLibrary.FIRST.digest()));
        index.put(document("a.txt", "first"));
        index.commit();
        index.refresh();
        index.beginNext(lease(TestLibrary.SECOND.digest()));
        try (ModelLease<TextEncoder> second = lease(TestLibrary.SECOND.digest())) {
            index.putNext(documents
                    .encode(List.of(index.read("default\na.txt")), second.model())
                    .getFirst());
        }
        index.commit();
        Path copy = died(live, "half");
        try (LanguageIndex survivor = open(copy)) {
            assertEquals(TestLibrary.FIRST, survivor.encoder().model());
            assertEquals(
                    Set.of("default\na.txt"),
                    survivor.beginNext(lease(TestLibrary.SECOND.digest())).keySet());
            survivor.flip(lease(TestLibrary.SECOND.digest()));
        }
        try (LanguageIndex flipped = open(copy)) {
            assertEquals(TestLibrary.SECOND, flipped.encoder().model());
            assertEquals(1, flipped.entries().size());
        }
        index.abandon();
    }

    @Test
    void aDamagedIndexIsRebuiltAndNotServed() throws Exception {
        Path live = folder.resolve("live");
        try (LanguageIndex index = open(live)) {
            index.serve(lease(TestLibrary.FIRST.digest()));
            index.put(document("a.txt", "first"));
        }
        try (var files = Files.walk(live)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("segments_"))
                    .toList()) {
                Files.write(file, new byte[] {1, 2, 3});
            }
        }
        try (LanguageIndex index = open(live)) {
            assertNull(index.encoder());
            index.serve(lease(TestLibrary.FIRST.digest()));
            assertEquals(0, index.entries().size());
        }
    }
}
