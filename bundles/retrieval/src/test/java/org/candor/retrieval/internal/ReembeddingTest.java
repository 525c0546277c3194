package org.candor.retrieval.internal;

import static org.candor.retrieval.internal.TestLibrary.FIRST;
import static org.candor.retrieval.internal.TestLibrary.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelId;
import org.candor.api.model.TextEncoder;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.SearchResult;
import org.candor.retrieval.internal.index.Snapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReembeddingTest {
    @TempDir
    Path index;

    /** Waits before each batch of documents until it may go on. */
    private record Gate(TextEncoder encoder, CountDownLatch reached, CountDownLatch open) implements TextEncoder {
        @Override
        public int dimensions() {
            return encoder.dimensions();
        }

        @Override
        public int maxTokens() {
            return encoder.maxTokens();
        }

        @Override
        public String queryPrefix() {
            return encoder.queryPrefix();
        }

        @Override
        public Embeddings embed(List<String> texts) {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return encoder.embed(texts);
        }

        @Override
        public Embeddings embedTokens(List<int[]> ids) {
            return encoder.embedTokens(ids);
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private static ModelId model(SearchResult result) {
        return result.models().getFirst().model();
    }

    private static SearchResult search(TestLibrary library, String query) {
        return library.retrieval.search(query, "en", TestLibrary.scope(), 10);
    }

    private static void fill(TestLibrary library) throws Exception {
        library.add("otters.txt", "Otters sleep on kelp.");
        library.add("bridges.txt", "Bridges hang from cables.");
        library.add("tea.txt", "Tea is a drink.");
    }

    @Test
    void indexAndEncoderFlipTogetherWhileTheOldPairServes() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
            CountDownLatch reached = new CountDownLatch(1);
            CountDownLatch open = new CountDownLatch(1);
            library.encoders.install(SECOND, new Gate(new WordEncoder(96, 2, 200), reached, open));
            library.encoders.route("encoder-en", SECOND);
            library.documents.activated("encoder-en");
            reached.await();
            // the new generation is being made: the old pair answers, and changes go on
            assertEquals(FIRST, model(search(library, "otters")));
            library.add("late.txt", "Late otters swim home.");
            library.documents.delete("default", "tea.txt");
            try (Snapshot pinned = library.documents.snapshot("en")) {
                open.countDown();
                library.settle();
                SearchResult result = search(library, "otters");
                assertEquals(SECOND, model(result));
                assertEquals(3, result.hits().size(), "late is in, tea is out");
                assertEquals(FIRST, pinned.model(), "a running request keeps its pair");
                assertEquals(64, pinned.encode("otters").vector().length);
                assertTrue(library.encoders.leases(FIRST) > 0);
            }
            assertEquals(0, library.encoders.leases(FIRST), "the old encoder is given back after its last request");
            assertEquals(
                    List.of("bridges.txt", "late.txt", "otters.txt"),
                    library.documents.documents("default").stream()
                            .map(DocumentInfo::document)
                            .toList());
        }
    }

    @Test
    void anEncoderThatWasLoadedAnewTakesOverWithoutEncoding() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
            long tokens = library.documents.encoder().tokens();
            try (Snapshot pinned = library.documents.snapshot("en")) {
                library.encoders.install(FIRST, new WordEncoder(64, 1, 200));
                assertEquals(0, library.encoders.leases(FIRST), "leases of the encoder that is there now");
                library.documents.activated("encoder-en");
                library.settle();
                assertEquals(1, library.encoders.leases(FIRST));
                assertEquals(64, pinned.encode("otters").vector().length);
            }
            library.documents.activated("encoder-en");
            library.settle();
            assertEquals(1, library.encoders.leases(FIRST), "the same encoder is leased once");
            assertEquals(FIRST, model(search(library, "otters")));
            assertEquals(tokens, library.documents.encoder().tokens());
        }
    }

    @Test
    void theWayBackNeedsNoEncodingAndKnowsWhatWasDeletedMeanwhile() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
            library.encoders.route("encoder-en", SECOND);
            library.documents.activated("encoder-en");
            library.settle();
            library.documents.delete("default", "tea.txt");
            long tokens = library.documents.encoder().tokens();
            library.encoders.route("encoder-en", FIRST);
            library.documents.activated("encoder-en");
            library.settle();
            assertEquals(FIRST, model(search(library, "tea")));
            assertEquals(2, search(library, "tea").hits().size());
            assertEquals(tokens, library.documents.encoder().tokens());
        }
    }

    @Test
    void theWayBackIsMadeBeforeTheActivationReturns() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
            library.encoders.route("encoder-en", SECOND);
            library.documents.activated("encoder-en");
            library.settle();
            for (int i = 0; i < 20; i++) {
                ModelId wanted = i % 2 == 0 ? FIRST : SECOND;
                library.encoders.route("encoder-en", wanted);
                library.documents.activated("encoder-en");
                assertEquals(wanted, model(search(library, "otters")), "switch " + i);
            }
            library.settle();
            assertEquals(0, library.encoders.leases(FIRST), "only the one that serves is leased");
            assertEquals(3, search(library, "otters").hits().size());
        }
    }

    @Test
    void bothIndexesSurviveARestartAndLoseWhatIsDeleted() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
            library.encoders.route("encoder-en", SECOND);
            library.documents.activated("encoder-en");
            library.settle();
        }
        try (TestLibrary library = TestLibrary.withoutEncoders(index)) {
            library.encoders.route("encoder-en", SECOND);
            library.documents.registry(library.encoders);
            library.settle();
            library.documents.delete("default", "tea.txt");
            long tokens = library.documents.encoder().tokens();
            library.encoders.route("encoder-en", FIRST);
            library.documents.activated("encoder-en");
            assertEquals(FIRST, model(search(library, "tea")));
            assertEquals(2, search(library, "tea").hits().size());
            assertEquals(tokens, library.documents.encoder().tokens());
        }
    }

    @Test
    void theIndexOfARemovedRevisionGoes() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
            library.encoders.route("encoder-en", SECOND);
            library.documents.activated("encoder-en");
            library.settle();
            assertEquals(2, generations());
            library.documents.removed(FIRST);
            assertEquals(1, generations());
            assertEquals(3, search(library, "otters").hits().size());
            // one that serves goes when it is replaced
            library.documents.removed(SECOND);
            assertEquals(SECOND, model(search(library, "otters")));
            library.encoders.route("encoder-en", FIRST);
            library.documents.activated("encoder-en");
            library.settle();
            assertEquals(FIRST, model(search(library, "otters")));
            assertEquals(1, generations());
        }
    }

    @Test
    void theIndexOfARevisionRemovedWhileTheServerWasDownGoes() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
            library.encoders.route("encoder-en", SECOND);
            library.documents.activated("encoder-en");
            library.settle();
        }
        try (TestLibrary library = TestLibrary.withoutEncoders(index)) {
            library.encoders.route("encoder-en", SECOND);
            library.encoders.uninstall(FIRST);
            library.documents.sweep();
            assertEquals(2, generations(), "nothing is known yet");
            library.documents.registry(library.encoders);
            library.settle();
            library.documents.sweep();
            assertEquals(1, generations());
            assertEquals(SECOND, model(search(library, "otters")));
            assertEquals(3, search(library, "otters").hits().size());
        }
    }

    private long generations() throws IOException {
        try (Stream<Path> folders = Files.list(index.resolve("en"))) {
            return folders.filter(Files::isDirectory).count();
        }
    }

    @Test
    void anActivationWhileTheServerWasDownIsFoundAtStart() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
        }
        try (TestLibrary library = TestLibrary.withoutEncoders(index)) {
            library.encoders.route("encoder-en", SECOND);
            library.encoders.uninstall(FIRST);
            library.documents.registry(library.encoders);
            library.settle();
            assertEquals(SECOND, model(search(library, "otters")));
            assertEquals(3, search(library, "otters").hits().size());
            assertTrue(library.documents.status().encoders().toString().contains(SECOND.digest()));
        }
    }

    @Test
    void whenTheRegistryGoesEveryLeaseIsGivenBack() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            fill(library);
            library.documents.withdraw(library.encoders);
            assertEquals(0, library.encoders.leases(FIRST));
        }
    }

    @Test
    void aPassageTheEncoderWouldCutIsHalvedUntilItFits() throws Exception {
        try (TestLibrary library = TestLibrary.withoutEncoders(index)) {
            library.encoders.install(FIRST, new WordEncoder(64, 1, 10));
            library.documents.registry(library.encoders);
            library.settle();
            while (true) {
                try {
                    library.documents.snapshot("en").close();
                    break;
                } catch (org.candor.api.model.ModelUnavailableException e) {
                    Thread.onSpinWait();
                }
            }
            library.add(
                    "otters.txt",
                    "Otters sleep on kelp at night. They crack shells with a stone. Urchins hide from them in reefs.");
            assertEquals(3, library.documents.status().passages());
            assertEquals(
                    "Urchins hide from them in reefs.",
                    search(library, "urchins hide").hits().getFirst().text());
        }
    }
}
