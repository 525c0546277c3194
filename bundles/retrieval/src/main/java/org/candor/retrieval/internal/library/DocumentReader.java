package org.candor.retrieval.internal.library;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.retrieval.internal.index.Analysis;
import org.candor.retrieval.internal.index.Entry;
import org.candor.retrieval.internal.index.IndexedDocument;
import org.candor.retrieval.internal.index.IndexedPassage;
import org.candor.retrieval.internal.index.Origin;
import org.candor.retrieval.internal.text.Extraction;
import org.candor.retrieval.internal.text.Extractor;
import org.candor.retrieval.internal.text.FrontMatter;
import org.candor.retrieval.internal.text.Passage;
import org.candor.retrieval.internal.text.Passages;
import org.candor.retrieval.internal.text.Scripts;
import org.candor.retrieval.internal.text.Span;
import org.candor.retrieval.internal.text.UnreadableDocumentException;

/** Makes a document out of a file's bytes: text, passages, and what it says of itself. Thread safe. */
final class DocumentReader {
    private final Extractor extractor;
    private final Passages passages;

    DocumentReader(Extractor extractor, Passages passages) {
        this.extractor = extractor;
        this.passages = passages;
    }

    /**
     * Reads a document.
     *
     * @param metadata what the uploader says; its null members come from front matter
     * @param modified of the file, milliseconds
     */
    IndexedDocument read(
            String tenant, String document, byte[] content, DocumentMetadata metadata, Origin origin, long modified)
            throws UnreadableDocumentException {
        try {
            return make(tenant, document, content, metadata, origin, modified);
        } catch (StackOverflowError | OutOfMemoryError e) {
            throw tooMuch(e);
        }
    }

    /** What a parser that recurses, or keeps all it reads, makes of a file that is made for it. Such a file is not read. */
    private static UnreadableDocumentException tooMuch(Error e) {
        return new UnreadableDocumentException(
                e instanceof StackOverflowError
                        ? "its content is nested more deeply than it can be read"
                        : "reading it takes more memory than there is",
                e);
    }

    private IndexedDocument make(
            String tenant, String document, byte[] content, DocumentMetadata metadata, Origin origin, long modified)
            throws UnreadableDocumentException {
        Extraction extraction = extractor.read(document, content);
        FrontMatter front = extraction.frontMatter();
        String title = first(metadata.title(), extraction.title(), "");
        DocumentInfo info = new DocumentInfo(
                tenant,
                document,
                Digests.sha256(content),
                first(title, name(document)),
                language(first(metadata.language(), front.first("language"), front.first("lang"), ""), extraction),
                first(metadata.owner(), front.first("owner"), ""),
                names(metadata.subjects(), front, "subjects", "subject"),
                names(metadata.purposes(), front, "purposes", "purpose"),
                names(metadata.roles(), front, "roles", "role"),
                first(metadata.licence(), front.first("licence"), front.first("license"), ""),
                content.length,
                extraction.characters(),
                Instant.now());
        return new IndexedDocument(new Entry(info, origin, modified), inCodePoints(extraction, title));
    }

    /** The text alone. */
    String text(String document, byte[] content) throws UnreadableDocumentException {
        try {
            return extractor.read(document, content).text();
        } catch (StackOverflowError | OutOfMemoryError e) {
            throw tooMuch(e);
        }
    }

    private List<IndexedPassage> inCodePoints(Extraction extraction, String title) {
        CodePoints points = new CodePoints(extraction.text());
        List<IndexedPassage> indexed = new ArrayList<>();
        for (Passage passage : passages.of(extraction)) {
            List<Span> sentences = new ArrayList<>(passage.sentences().size());
            for (Span sentence : passage.sentences()) {
                sentences.add(new Span(points.at(sentence.start()), points.at(sentence.end())));
            }
            indexed.add(new IndexedPassage(
                    points.at(passage.start()),
                    points.at(passage.end()),
                    extraction.text().substring(passage.start(), passage.end()),
                    context(title, passage.heading()),
                    sentences));
        }
        return indexed;
    }

    private static String context(String title, String heading) {
        if (heading.isBlank() || heading.equals(title)) {
            return title;
        }
        return title.isBlank() ? heading : title + "\n" + heading;
    }

    private static String language(String said, Extraction extraction) {
        for (String language : Analysis.LANGUAGES) {
            if (said.equals(language) || said.startsWith(language + "-") || said.startsWith(language + "_")) {
                return language;
            }
        }
        return Scripts.language(
                extraction.text().substring(extraction.frontMatter().end()));
    }

    private static Set<String> names(Set<String> said, FrontMatter front, String key, String other) {
        Set<String> names = said != null ? said : front.all(key) != null ? front.all(key) : front.all(other);
        Set<String> kept = new LinkedHashSet<>();
        if (names != null) {
            for (String name : names) {
                if (!name.isBlank()) {
                    kept.add(name.strip());
                }
            }
        }
        return kept;
    }

    private static String first(String... values) {
        for (String value : values) {
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        return "";
    }

    private static String name(String document) {
        String name = document.substring(document.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        String plain = dot > 0 ? name.substring(0, dot) : name;
        return plain.isBlank() ? document : plain;
    }
}
