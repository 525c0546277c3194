package org.candor.retrieval.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletionTest {
    private static final String SECRET = "The xylophone of Ada stands in the attic.";
    private static final String ABOUT_ADA = "---\nsubjects:\n  - ada\n---\n" + SECRET + "\n";

    @TempDir
    Path folder;

    @TempDir
    Path index;

    private static List<String> names(TestLibrary library) {
        return library.documents.documents("default").stream()
                .map(DocumentInfo::document)
                .toList();
    }

    @Test
    void aDeletedFileStaysOutUntilItsContentChanges() throws Exception {
        Files.writeString(folder.resolve("a.md"), "Otters sleep on kelp.");
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            library.settle();
            assertTrue(library.documents.delete("default", "a.md"));
            assertFalse(library.documents.delete("default", "a.md"));
            assertEquals(
                    List.of(),
                    library.retrieval
                            .search("otters", "en", TestLibrary.scope(), 5)
                            .hits());
            library.documents.rescan();
            assertEquals(
                    List.of("a.md: kept out, it was deleted and has not changed since"),
                    library.settle().problems());
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            assertEquals(List.of(), names(library));
            Files.writeString(folder.resolve("a.md"), "Otters sleep on kelp, at night.");
            library.documents.rescan();
            library.settle();
            assertEquals(List.of("a.md"), names(library));
        }
    }

    @Test
    void anErasedSubjectNeverComesBackFromFolderUploadOrDisk() throws Exception {
        Files.writeString(folder.resolve("ada.md"), ABOUT_ADA);
        Files.writeString(folder.resolve("other.md"), "Otters sleep on kelp.");
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            library.settle();
            library.add("more.md", ABOUT_ADA.replace("attic", "cellar"));
            assertEquals(
                    List.of("ada.md", "more.md"),
                    library.documents.erase("default", "ada").stream()
                            .map(DocumentInfo::document)
                            .toList());
            assertEquals(List.of("other.md"), names(library));
            Files.writeString(folder.resolve("ada.md"), ABOUT_ADA + "And a word more.\n");
            Files.writeString(folder.resolve("copy.md"), ABOUT_ADA);
            library.documents.rescan();
            library.settle();
            assertEquals(List.of("other.md"), names(library));
            assertThrows(IOException.class, () -> library.add("again.md", ABOUT_ADA));
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            assertEquals(List.of("other.md"), names(library));
        }
        try (var files = Files.walk(index)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(bytes.contains("xylophon"), file + " still holds erased content");
                assertFalse(bytes.contains("ada.md"), file + " still names the erased document");
            }
        }
    }

    @Test
    void anotherFolderReplacesTheFirstAndItsUploads() throws Exception {
        Path other = Files.createDirectory(index.resolve("other"));
        Files.writeString(folder.resolve("a.txt"), "Otters sleep on kelp.");
        Files.writeString(other.resolve("b.txt"), "Bridges hang from cables.");
        try (TestLibrary library = TestLibrary.open(index.resolve("state"))) {
            library.documents.mirror("default", folder);
            library.settle();
            library.add("c.txt", "Tea is a drink.");
            library.documents.mirror("default", other);
            assertFalse(names(library).contains("a.txt"), "at once");
            library.settle();
            assertEquals(List.of("b.txt"), names(library));
        }
    }

    @Test
    void anUploadThatACrashLeftOutsideTheIndexIsTakenInAtStart() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.add(
                    "default",
                    "tea.txt",
                    "Tea is a drink.".getBytes(StandardCharsets.UTF_8),
                    new DocumentMetadata("Tea", "en", "eve", Set.of("ada"), Set.of("audit"), Set.of("auditor"), "CC0"));
        }
        for (String language : List.of("en", "zh")) {
            try (var files = Files.walk(index.resolve(language))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            DocumentInfo info = library.documents.documents("default").getFirst();
            assertEquals("Tea", info.title());
            assertEquals("eve", info.owner());
            assertEquals(Set.of("ada"), info.subjects());
            assertEquals(Set.of("audit"), info.purposes());
            assertEquals(Set.of("auditor"), info.roles());
            assertTrue(library.documents.delete("default", "tea.txt"));
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            assertEquals(List.of(), names(library));
        }
    }

    @Test
    void aWithdrawalWhileSentencesAreRankedStillCounts() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            library.add("ada.md", ABOUT_ADA);
            int[] asked = {0};
            Scope scope = new Scope("default", "question-answering", Set.of(), Set.of(), document -> asked[0]++ == 0);
            assertEquals(
                    null,
                    library.retrieval
                            .answer("Where does the xylophone of Ada stand?", "en", scope)
                            .answer());
            assertTrue(asked[0] > 1, "the scope was asked again before the quote left");
        }
    }

    @Test
    void anUnreadableUploadChangesNothing() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            library.add("a.txt", "Otters sleep on kelp.");
            byte[] broken = {(byte) 0xC3, 0x28};
            assertThrows(
                    IOException.class, () -> library.documents.add("default", "a.txt", broken, DocumentMetadata.NONE));
            assertEquals(
                    1,
                    library.retrieval
                            .search("kelp", "en", TestLibrary.scope(), 5)
                            .hits()
                            .size());
            for (String name : List.of("../a.txt", "/a.txt", "a/../b.txt", "a.exe", "", "a\nb.txt")) {
                assertThrows(IOException.class, () -> library.add(name, "text"), name);
            }
        }
    }

    @Test
    void aLibraryIsMadeAgainFromItsCopy(@TempDir Path copy) throws Exception {
        Files.writeString(folder.resolve("a.md"), "Otters sleep on kelp.");
        Files.writeString(folder.resolve("ada.md"), ABOUT_ADA);
        try (TestLibrary library = TestLibrary.open(index)) {
            library.documents.mirror("default", folder);
            library.settle();
            library.add("upload.md", "Badgers dig setts.");
            library.documents.erase("default", "ada");
            library.documents.copy(copy);
            library.add("later.md", "Not in the copy.");
        }
        try (TestLibrary library = TestLibrary.open(copy)) {
            library.settle();
            assertEquals(List.of("a.md", "upload.md"), names(library));
            assertEquals(
                    1,
                    library.retrieval.search("badgers", "en", TestLibrary.scope(), 5).hits().stream()
                            .filter(hit -> hit.document().document().equals("upload.md"))
                            .count());
        }
    }
}
