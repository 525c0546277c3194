package org.candor.api.operation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.SearchResult;

/** Operations {@code search} and {@code admin.documents.*}. Every method throws {@link OperationException}. Thread safe. */
public interface Documents {

    /**
     * Operation {@code search}.
     *
     * @param query not blank, at most 4,000 code points
     * @param language {@code en}, {@code zh}, or null to detect it
     * @param purpose or null for {@link Answers#DEFAULT_PURPOSE}
     * @param limit 1 to 1000
     */
    Found search(Caller caller, String query, String language, String purpose, int limit);

    /**
     * Operation {@code admin.documents.list}: documents that the caller's roles may read; all of them for who may also
     * {@code admin.documents.add}, and so says which roles read a document.
     */
    List<DocumentInfo> list(Caller caller);

    /**
     * Operation {@code admin.documents.read}: a document's extracted text. What the caller may not see by consent, purpose
     * or, where they may not add documents, roles is NOT_FOUND, like what is not there.
     */
    Text read(Caller caller, String document);

    /** Progress of indexing. Needs the permit of {@code admin.documents.list}; writes no log entry unless refused. */
    LibraryStatus status(Caller caller);

    /** Operation {@code admin.documents.mirror}: the folder becomes the only library; none that holds the server's state. */
    Evidence mirror(Caller caller, Path folder);

    /** Operation {@code admin.documents.add}. Roles of the metadata are of {@link Caller#ROLES}. */
    Added add(Caller caller, String document, byte[] content, DocumentMetadata metadata);

    /**
     * Operation {@code admin.documents.file}: takes a file on the server, but none of the server's own folder. File and
     * document end in the same extension.
     *
     * @param document its path in the library, or null for the file's name
     * @param file absolute
     */
    Added addFile(Caller caller, String document, Path file, DocumentMetadata metadata);

    /** Operation {@code admin.documents.delete}. NOT_FOUND when there is none. */
    Evidence delete(Caller caller, String document);

    /**
     * @param result passages; masked code points of their texts are U+2588
     * @param masked spans: {@code in} is {@code data/N}, {@code start}, {@code end} (code points) and {@code kind}
     * @param evidence its log entry is durable
     */
    record Found(SearchResult result, List<Map<String, Object>> masked, Evidence evidence) {}

    /**
     * @param document what is known of it
     * @param text all of it; masked code points are U+2588
     * @param masked spans: {@code in} is {@code text}, {@code start}, {@code end} (code points) and {@code kind}
     * @param evidence its log entry is durable
     */
    record Text(DocumentInfo document, String text, List<Map<String, Object>> masked, Evidence evidence) {}

    /**
     * @param document that was added
     * @param evidence its log entry is durable
     */
    record Added(DocumentInfo document, Evidence evidence) {}
}
