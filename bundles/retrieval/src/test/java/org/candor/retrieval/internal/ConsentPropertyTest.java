package org.candor.retrieval.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.Findings;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.Scope;
import org.candor.retrieval.internal.index.Legs;

/** Whatever is in the library and whatever is asked: what the scope leaves out is never found, on neither leg. */
class ConsentPropertyTest {
    private static final List<String> PEOPLE = List.of("ada", "ben", "cleo", "dan");
    private static final List<String> PURPOSES = List.of("question-answering", "training", "audit");
    private static final List<String> ROLES = List.of("viewer", "steward", "auditor");
    private static final List<String> TENANTS = List.of("default", "other");
    private static final List<String> WORDS = List.of("kelp", "otter", "stone", "shell", "urchin", "tide", "reef");

    record Page(String tenant, Set<String> subjects, Set<String> purposes, Set<String> roles, List<String> words) {
        String text() {
            return "The " + String.join(" ", words) + " rests. The " + words.getFirst() + " returns at noon.";
        }
    }

    record Request(
            String tenant,
            String purpose,
            Set<String> roles,
            Set<String> withdrawn,
            Set<Integer> forbidden,
            List<String> words) {}

    @Provide
    Arbitrary<List<Page>> pages() {
        return Combinators.combine(
                        Arbitraries.of(TENANTS),
                        Arbitraries.of(PEOPLE).set().ofMaxSize(3),
                        Arbitraries.of(PURPOSES).set().ofMaxSize(2),
                        Arbitraries.of(ROLES).set().ofMaxSize(2),
                        Arbitraries.of(WORDS).list().ofMinSize(1).ofMaxSize(5))
                .as(Page::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(9);
    }

    @Provide
    Arbitrary<List<Request>> requests() {
        return Combinators.combine(
                        Arbitraries.of(TENANTS),
                        Arbitraries.of(PURPOSES),
                        Arbitraries.of(ROLES).set().ofMaxSize(2),
                        Arbitraries.of(PEOPLE).set().ofMaxSize(3),
                        Arbitraries.integers().between(0, 8).set().ofMaxSize(3),
                        Arbitraries.of(WORDS).list().ofMinSize(1).ofMaxSize(3))
                .as(Request::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    @Property(tries = 15)
    void whatTheScopeLeavesOutIsNeverFoundNorCited(
            @ForAll("pages") List<Page> pages,
            @ForAll("requests") List<Request> requests,
            @ForAll boolean graph,
            @ForAll Set<@net.jqwik.api.constraints.IntRange(max = 8) Integer> deleted)
            throws Exception {
        Path index = Files.createTempDirectory("consent");
        try (TestLibrary library = TestLibrary.open(index, graph ? 0 : 100_000)) {
            for (int i = 0; i < pages.size(); i++) {
                Page page = pages.get(i);
                library.documents.add(
                        page.tenant(),
                        i + ".txt",
                        page.text().getBytes(StandardCharsets.UTF_8),
                        new DocumentMetadata(null, "en", null, page.subjects(), page.purposes(), page.roles(), null));
            }
            Set<Integer> gone = new HashSet<>();
            for (int i : deleted) {
                if (i < pages.size()) {
                    assertTrue(library.documents.delete(pages.get(i).tenant(), i + ".txt"));
                    gone.add(i);
                }
            }
            for (Request request : requests) {
                check(library, pages, request, gone);
            }
        } finally {
            delete(index);
        }
    }

    private static void check(TestLibrary library, List<Page> pages, Request request, Set<Integer> gone) {
        Set<String> allowed = new HashSet<>();
        for (int i = 0; i < pages.size(); i++) {
            Page page = pages.get(i);
            boolean may = page.tenant().equals(request.tenant())
                    && (page.purposes().isEmpty() || page.purposes().contains(request.purpose()))
                    && (page.roles().isEmpty() || page.roles().stream().anyMatch(request.roles()::contains))
                    && page.subjects().stream().noneMatch(request.withdrawn()::contains)
                    && !request.forbidden().contains(i)
                    && !gone.contains(i);
            if (may) {
                allowed.add(i + ".txt");
            }
        }
        Scope scope = new Scope(
                request.tenant(),
                request.purpose(),
                request.roles(),
                request.withdrawn(),
                document -> !request.forbidden()
                        .contains(Integer.parseInt(document.document().replace(".txt", ""))));
        String query = String.join(" ", request.words());
        for (Legs legs : Legs.values()) {
            Set<String> found = library.retrieval.search(query, "en", scope, 100, legs).hits().stream()
                    .map(Hit::document)
                    .map(DocumentInfo::document)
                    .collect(Collectors.toSet());
            assertTrue(allowed.containsAll(found), () -> legs + " found " + found + " of " + allowed);
            if (legs != Legs.LEXICAL) {
                assertEquals(allowed, found, "the vector leg finds everything that is allowed");
            }
        }
        Findings findings = library.retrieval.answer("Where does the " + query + " rest?", "en", scope);
        for (Citation citation : findings.citations()) {
            assertTrue(allowed.contains(citation.document()));
        }
        assertFalse(findings.answer() != null && allowed.isEmpty());
    }

    private static void delete(Path folder) throws Exception {
        try (var all = Files.walk(folder)) {
            for (Path path : new ArrayList<>(all.toList()).reversed()) {
                Files.delete(path);
            }
        }
    }
}
