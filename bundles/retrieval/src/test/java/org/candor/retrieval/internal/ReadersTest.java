package org.candor.retrieval.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.Scope;
import org.candor.retrieval.internal.index.Legs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may read a document, by roles. */
class ReadersTest {
    /** More than a leg looks at: would the roles be asked afterwards, nothing were left. */
    private static final int CROWD = 130;

    @TempDir
    Path index;

    @ParameterizedTest
    @CsvSource({"LEXICAL, 100000", "VECTOR, 100000", "VECTOR, 0", "BOTH, 100000"})
    void whatOtherRolesReadTakesNoPlaceOnALeg(Legs legs, int exactScanLimit) throws Exception {
        try (TestLibrary library = TestLibrary.open(index, exactScanLimit)) {
            for (int i = 0; i < CROWD; i++) {
                add(library, "secret" + i + ".txt", "Otters sleep on kelp.", Set.of("steward"));
            }
            add(library, "open.txt", "Otters sleep on kelp, and urchins walk below them in the dark.", null);
            assertEquals(List.of("open.txt"), found(library, legs, "viewer"));
            assertEquals(List.of("open.txt"), found(library, legs));
            assertEquals(100, found(library, legs, "auditor", "steward").size());
        }
    }

    @Test
    void anAnswerIsMadeOfWhatTheAskersRolesMayRead() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            add(library, "pay.txt", "The xylophone of Ada stands in Hollow Church.", Set.of("steward", "auditor"));
            String question = "Where does the xylophone of Ada stand?";
            assertNull(library.retrieval.answer(question, "en", scope("viewer")).answer());
            assertNotNull(
                    library.retrieval.answer(question, "en", scope("auditor")).answer());
        }
    }

    @Test
    void frontMatterSaysWhoReadsADocumentUnlessTheUploaderDoes() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            String text = "---\nroles: [steward, auditor]\n---\nOtters sleep on kelp.\n";
            assertEquals(
                    Set.of("steward", "auditor"),
                    add(library, "a.md", text, null).roles());
            assertEquals(
                    Set.of("viewer"),
                    add(library, "b.md", text, Set.of("viewer")).roles());
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            assertEquals(List.of("b.md"), found(library, Legs.BOTH, "viewer"), "after a start as well");
            assertEquals(List.of("a.md"), found(library, Legs.BOTH, "auditor"));
        }
    }

    @Test
    void rolesGoAlongWhenAnotherEncoderIsActivated() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            add(library, "a.txt", "Otters sleep on kelp.", Set.of("steward"));
            library.encoders.route("encoder-en", TestLibrary.SECOND);
            library.documents.activated("encoder-en");
            library.settle();
            assertEquals(List.of(), found(library, Legs.BOTH, "viewer"));
            assertEquals(List.of("a.txt"), found(library, Legs.BOTH, "steward"));
        }
    }

    @Test
    void anUploadKeepsItsRolesWhenTheIndexIsMadeAnew() throws Exception {
        try (TestLibrary library = TestLibrary.open(index)) {
            add(library, "a.txt", "Otters sleep on kelp.", Set.of("steward"));
            add(library, "b.txt", "Otters sleep on kelp.", null);
        }
        for (String language : List.of("en", "zh")) {
            try (var files = Files.walk(index.resolve(language))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
        }
        try (TestLibrary library = TestLibrary.open(index)) {
            assertEquals(List.of("b.txt"), found(library, Legs.BOTH, "viewer"));
            assertEquals(Set.of("a.txt", "b.txt"), Set.copyOf(found(library, Legs.BOTH, "steward")));
        }
    }

    private static DocumentInfo add(TestLibrary library, String document, String text, Set<String> roles)
            throws IOException {
        return library.documents.add(
                "default",
                document,
                text.getBytes(StandardCharsets.UTF_8),
                new DocumentMetadata(null, "en", null, null, null, roles, null));
    }

    private static Scope scope(String... roles) {
        return TestLibrary.scope().withRoles(Set.of(roles));
    }

    private static List<String> found(TestLibrary library, Legs legs, String... roles) {
        return library.retrieval.search("otters sleep on kelp", "en", scope(roles), 100, legs).hits().stream()
                .map(Hit::document)
                .map(DocumentInfo::document)
                .toList();
    }
}
