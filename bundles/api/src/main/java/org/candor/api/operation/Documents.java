package org.candor.api.operation;

import java.nio.file.Path;
import java.util.List;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.SearchResult;

/** Operations {@code search} and {@code admin.documents.*}. Every method throws {@link OperationException}. Thread safe. */
public interface Documents {

    /** Operation {@code search}. */
    SearchResult search(Caller caller, String query, String language, String purpose, int limit);

    /** Operation {@code admin.documents.list}. */
    List<DocumentInfo> list(Caller caller);

    /** Operation {@code admin.documents.list}. */
    LibraryStatus status(Caller caller);

    /** Operation {@code admin.documents.mirror}: the folder becomes the only library. */
    Evidence mirror(Caller caller, Path folder);

    /** Operation {@code admin.documents.add}. */
    Added add(Caller caller, String document, byte[] content, DocumentMetadata metadata);

    /** Operation {@code admin.documents.delete}. NOT_FOUND when there is none. */
    Evidence delete(Caller caller, String document);

    /**
     * @param document that was added
     * @param evidence its log entry is durable
     */
    record Added(DocumentInfo document, Evidence evidence) {}
}
