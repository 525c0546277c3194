package org.candor.api.retrieval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The documents that are searched: a folder that is mirrored, and uploads that were added to it. Durable: it survives a crash at any moment.
 * Not governed by itself. Thread safe.
 */
public interface Library {

    /**
     * Makes this folder the library and indexes what is new or changed, in the background. Documents of a former folder
     * leave the index at once, and so do the uploads that were added to it: an upload belongs to the folder that was
     * mirrored when it was added. Nothing is deleted: when that folder is mirrored again, its uploads are found again.
     * Uploads added before any folder was mirrored go to the first one.
     *
     * @param tenant whose documents they are
     * @throws IOException when it is no readable folder
     */
    void mirror(String tenant, Path folder) throws IOException;

    /** Looks for changes in the mirrored folder again, in the background. */
    void rescan();

    /**
     * Adds or replaces an uploaded document. Returns when it is searchable.
     *
     * @param document relative path with an extension of a supported type (txt, md, html, pdf, docx)
     * @throws IOException when the content cannot be read as that type; nothing changes then
     * @throws java.io.UncheckedIOException when it cannot be stored, for example on a full disk; it may be found later
     */
    DocumentInfo add(String tenant, String document, byte[] content, DocumentMetadata metadata) throws IOException;

    /**
     * Deletes a document: it is never found again from the next request on. One that lies in the mirrored folder stays
     * out of the index until its content changes.
     *
     * @return false when there is none
     */
    boolean delete(String tenant, String document) throws IOException;

    /**
     * Deletes every document that names the subject, uploads of every library among them, and never takes it in again.
     *
     * @return what was deleted
     */
    List<DocumentInfo> erase(String tenant, String subject) throws IOException;

    /**
     * A document's extracted text, whose code points citations count; null when there is no such document.
     *
     * @throws IOException when the file is not readable any more, or has changed and waits to be indexed
     */
    Text text(String tenant, String document) throws IOException;

    /**
     * @param document what is known of it
     * @param text all of it
     */
    record Text(DocumentInfo document, String text) {}

    /** Documents of a tenant, sorted by path. */
    List<DocumentInfo> documents(String tenant);

    /** Progress and counts. */
    LibraryStatus status();
}
