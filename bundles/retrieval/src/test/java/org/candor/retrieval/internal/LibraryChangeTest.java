package org.candor.retrieval.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Scope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads belong to the library they were added to. */
class LibraryChangeTest {
    private static final String ABOUT_ADA = "---\nsubjects: [ada]\n---\nThe xylophone of Ada stands in the attic.\n";

    @TempDir
    Path folder;

    @TempDir
    Path other;

    @TempDir
    Path index;

    @BeforeEach
    void fill() throws IOException {
        Files.writeString(folder.resolve("otters.md"), "Otters sleep on kelp.");
        Files.writeString(other.resolve("bridges.md"), "Bridges hang from cables.");
    }

    private static List<String> listed(TestLibrary library) {
        return library.documents.documents("default").stream()
                .map(DocumentInfo::document)
                .toList();
    }

    private static List<String> found(TestLibrary library, String query) {
        return library.retrieval.search(query, "en", TestLibrary.scope(), 10).hits().stream()
                .map(hit -> hit.document().document())
                .sorted()
                .toList();
    }

    private static void change(TestLibrary library, Path to) throws Exception {
        library.documents.mirror("default", to);
        library.settle();
    }

    private int uploads() throws IOException {
        try (Stream<Path> all = Files.walk(index.resolve("uploads"))) {
            return (int) all.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void withAnotherLibraryAnUploadIsNeitherListedNorFoundAndWithItsOwnItIsBack() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            change(library, folder);
            library.add("more.md", "The xylophone stands in the attic.");
            assertEquals(List.of("more.md", "otters.md"), listed(library));
            library.documents.mirror("default", other);
            assertEquals(List.of(), found(library, "xylophone attic"), "from the next request on");
            library.settle();
            assertEquals(List.of("bridges.md"), listed(library));
            assertEquals(List.of("bridges.md"), found(library, "xylophone attic"));
            library.add("more.md", "The tuba stands in the cellar.");
            assertEquals(List.of("bridges.md", "more.md"), listed(library));
            assertEquals(2, uploads());
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            assertEquals(List.of("bridges.md", "more.md"), listed(library));
            change(library, folder);
            assertEquals(List.of("more.md", "otters.md"), listed(library));
            String text = library.retrieval
                    .search("xylophone attic", "en", TestLibrary.scope(), 1)
                    .hits()
                    .getFirst()
                    .text();
            assertEquals("The xylophone stands in the attic.", text);
        }
    }

    @Test
    void theTextOfADocumentIsThatOfItsVersion() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            change(library, folder);
            library.add("more.md", "The xylophone stands in the attic. 马");
            assertEquals(
                    "Otters sleep on kelp.",
                    library.documents.text("default", "otters.md").text());
            assertEquals(
                    "The xylophone stands in the attic. 马",
                    library.documents.text("default", "more.md").text());
            assertNull(library.documents.text("default", "none.md"));
            assertNull(library.documents.text("acme", "otters.md"), "of another tenant");
            Files.writeString(folder.resolve("otters.md"), "Otters sleep.");
            assertThrows(IOException.class, () -> library.documents.text("default", "otters.md"));
        }
    }

    @Test
    void whatOneTenantAddsIsKeptOverTheOthersChangesAndFoundByItAlone() throws Exception {
        Scope acme = new Scope("acme", "question-answering", Set.of(), Set.of(), document -> true);
        try (TestLibrary library = TestLibrary.open(index)) {
            change(library, folder);
            library.documents.add(
                    "acme",
                    "secret.md",
                    "The xylophone of Acme stands in the vault.".getBytes(StandardCharsets.UTF_8),
                    DocumentMetadata.NONE);
            library.documents.rescan();
            library.settle();
            assertEquals(
                    List.of(),
                    found(library, "xylophone Acme vault").stream()
                            .filter(document -> document.equals("secret.md"))
                            .toList());
            assertEquals(List.of("otters.md"), listed(library));
            List<String> theirs = library.retrieval.search("otters kelp xylophone", "en", acme, 10).hits().stream()
                    .map(hit -> hit.document().document())
                    .toList();
            assertEquals(List.of("secret.md"), theirs);
            assertNull(library.retrieval
                    .answer("Where does the xylophone of Acme stand?", "en", TestLibrary.scope())
                    .answer());
        }
    }

    @Test
    void deletingInOneLibraryLeavesTheOtherAlone() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            change(library, folder);
            library.add("more.md", "The xylophone stands in the attic.");
            change(library, other);
            library.add("more.md", "The tuba stands in the cellar.");
            library.documents.delete("default", "more.md");
            change(library, folder);
            assertEquals(List.of("more.md", "otters.md"), listed(library));
        }
    }

    @Test
    void erasureDestroysTheUploadsOfEveryLibrary() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            change(library, folder);
            library.add("ada.md", ABOUT_ADA);
            library.add("kept.md", "The tuba stands in the cellar.");
            change(library, other);
            library.add("here.md", ABOUT_ADA.replace("attic", "hall"));
            List<String> gone = new ArrayList<>(library.documents.erase("default", "ada").stream()
                    .map(DocumentInfo::document)
                    .toList());
            gone.sort(null);
            assertEquals(List.of("ada.md", "here.md"), gone);
            assertEquals(1, uploads());
            try (Stream<Path> all = Files.walk(index)) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                    assertEquals(-1, bytes.indexOf("xylophone of Ada"), file.toString());
                }
            }
            change(library, folder);
            assertEquals(List.of("kept.md", "otters.md"), listed(library));
            assertThrows(IOException.class, () -> library.add("ada.md", ABOUT_ADA));
        }
    }

    @Test
    void anErasureThatACrashCutOffIsFinishedAtTheNextStart() throws Exception {
        Path draft = index.resolve("saved");
        try (TestLibrary library = TestLibrary.open(index)) {
            change(library, folder);
            library.add("ada.md", ABOUT_ADA);
            Path upload;
            try (Stream<Path> all = Files.walk(index.resolve("uploads"))) {
                upload = all.filter(Files::isRegularFile).findFirst().orElseThrow();
            }
            Files.copy(upload, draft);
            change(library, other);
            library.documents.erase("default", "ada");
            Files.move(draft, upload);
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            assertEquals(0, uploads());
        }
    }

    @Test
    void uploadsFromBeforeAnyLibraryGoToTheFirst() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            library.add("more.md", "The xylophone stands in the attic.");
            change(library, folder);
            assertEquals(List.of("more.md", "otters.md"), listed(library));
            change(library, other);
            assertEquals(List.of("bridges.md"), listed(library));
            change(library, folder);
            assertEquals(List.of("more.md", "otters.md"), listed(library));
        }
    }
}
