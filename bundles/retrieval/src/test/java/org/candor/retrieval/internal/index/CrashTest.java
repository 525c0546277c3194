package org.candor.retrieval.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.model.ModelId;
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
        return document(name, text, TestLibrary.FIRST);
    }

    private EncodedDocument document(String name, String text, ModelId model) {
        DocumentInfo info = new DocumentInfo(
                "default",
                name,
                "sha256:" + text.hashCode(),
                name,
                "en",
                "",
                Set.of(),
                Set.of(),
                Set.of(),
                "",
                1,
                1,
                Instant.EPOCH);
        IndexedPassage passage = new IndexedPassage(0, text.length(), text, "", List.of(new Span(0, text.length())));
        IndexedDocument document = new IndexedDocument(new Entry(info, Origin.UPLOAD, 0), List.of(passage));
        try (ModelLease<TextEncoder> lease = lease(model.digest())) {
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
    void aFlipThatFailsLosesNothingAndIsTriedAgain() throws Exception {
        Path live = folder.resolve("live");
        try (LanguageIndex index = open(live)) {
            index.serve(lease(TestLibrary.FIRST.digest()));
            index.put(document("a.txt", "first"));
            index.commit();
            index.refresh();
            Path inTheWay = live.resolve(".current.draft");
            for (boolean back : new boolean[] {false, true}) {
                ModelId from = back ? TestLibrary.SECOND : TestLibrary.FIRST;
                ModelId to = back ? TestLibrary.FIRST : TestLibrary.SECOND;
                if (!back) {
                    index.beginNext(lease(to.digest()));
                    index.putNext(document("a.txt", "first", to));
                }
                Files.createDirectories(inTheWay);
                ModelLease<TextEncoder> lease = lease(to.digest());
                Map<String, String> versions = Map.of("default\na.txt", "sha256:" + "first".hashCode());
                assertThrows(IOException.class, () -> {
                    if (back) {
                        index.switchTo(lease, versions);
                    } else {
                        index.flip(lease);
                    }
                });
                assertEquals(from, index.encoder().model());
                try (Snapshot snapshot = index.snapshot()) {
                    assertEquals(from, snapshot.model());
                    assertEquals(
                            snapshot.encoder().dimensions(),
                            snapshot.encode("first").vector().length);
                }
                assertEquals(2, index.encoders().size(), "the generation that was built is still here");
                Files.delete(inTheWay);
                if (back) {
                    assertTrue(index.switchTo(lease, versions));
                } else {
                    assertEquals(
                            Set.of("default\na.txt"), index.beginNext(lease).keySet());
                    index.flip(lease);
                }
                assertEquals(to, index.encoder().model());
                assertEquals(1, index.entries().size());
            }
        }
    }

    @Test
    void aFirstGenerationThatFailsIsBegunAgain() throws Exception {
        Path live = folder.resolve("live");
        try (LanguageIndex index = open(live)) {
            Files.createDirectories(live.resolve(".current.draft"));
            ModelLease<TextEncoder> lease = lease(TestLibrary.FIRST.digest());
            assertThrows(IOException.class, () -> index.serve(lease));
            assertNull(index.encoder());
            assertFalse(index.serves());
            Files.delete(live.resolve(".current.draft"));
            index.serve(lease);
            assertTrue(index.serves());
        }
    }

    @Test
    void whatFailsAfterTheFlipLeavesTheNewPairServing() throws Exception {
        try (LanguageIndex index = open(folder.resolve("live"))) {
            ModelLease<TextEncoder> first = lease(TestLibrary.FIRST.digest());
            index.serve(new ModelLease<>() {
                @Override
                public ModelId id() {
                    return first.id();
                }

                @Override
                public TextEncoder model() {
                    return first.model();
                }

                @Override
                public void close() {
                    throw new IllegalStateException("it does not want to go");
                }
            });
            index.beginNext(lease(TestLibrary.SECOND.digest()));
            index.flip(lease(TestLibrary.SECOND.digest()));
            try (Snapshot snapshot = index.snapshot()) {
                assertEquals(TestLibrary.SECOND, snapshot.model());
            }
            assertEquals(2, index.encoders().size(), "the former generation is kept all the same");
        }
    }

    @Test
    void anotherGenerationThatIsBegunKeepsTheHalfBuiltOne() throws Exception {
        encoders.install(TestLibrary.CHINESE, new WordEncoder(48, 3, 100));
        try (LanguageIndex index = open(folder.resolve("live"))) {
            index.serve(lease(TestLibrary.FIRST.digest()));
            index.beginNext(lease(TestLibrary.SECOND.digest()));
            index.putNext(document("a.txt", "first", TestLibrary.SECOND));
            assertEquals(Map.of(), index.beginNext(lease(TestLibrary.CHINESE.digest())));
            assertEquals(3, index.encoders().size());
            assertEquals(
                    Set.of("default\na.txt"),
                    index.beginNext(lease(TestLibrary.SECOND.digest())).keySet());
        }
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

    @Test
    void anIndexThatAFailedWriteClosedIsOpenedAnewAsItWasCommitted() throws IOException {
        Path path = folder.resolve("generation");
        try (Generation generation =
                Generation.open(path, Analysis.of("en"), new EncoderBinding(TestLibrary.FIRST, 32))) {
            generation.put(document("kept.txt", "the lighthouse"));
            generation.commit();
            assertFalse(generation.mend(), "nothing is wrong");
            Path aside = folder.resolve("aside");
            Files.move(path, aside);
            assertThrows(IOException.class, () -> {
                generation.put(document("lost.txt", "the harbour"));
                generation.commit();
            });
            assertFalse(generation.usable());
            Files.move(aside, path);
            assertTrue(generation.mend());
            assertEquals(1, generation.entries().size());
            generation.put(document("next.txt", "the company"));
            generation.refresh();
            generation.commit();
            assertEquals(2, generation.entries().size());
        }
    }
}
