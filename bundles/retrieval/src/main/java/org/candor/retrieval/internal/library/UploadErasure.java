package org.candor.retrieval.internal.library;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.DocumentMetadata;
import org.candor.retrieval.internal.index.Entry;
import org.candor.retrieval.internal.index.Origin;
import org.candor.retrieval.internal.text.UnreadableDocumentException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erasure where the index does not reach: uploads of libraries that are not mirrored at present, and uploads that wait
 * for an encoder. Called with the library's lock held.
 */
final class UploadErasure {
    private static final Logger LOG = LoggerFactory.getLogger(UploadErasure.class);

    private final Catalogue catalogue;
    private final DocumentReader reader;

    UploadErasure(Catalogue catalogue, DocumentReader reader) {
        this.catalogue = catalogue;
        this.reader = reader;
    }

    /** Deletes what names the subject, of every library, and never takes it in again. */
    List<DocumentInfo> erase(String tenant, String subject) throws IOException {
        Set<Path> indexed = new HashSet<>();
        for (Entry entry : catalogue.entries()) {
            if (entry.origin() == Origin.UPLOAD) {
                indexed.add(catalogue
                        .uploads()
                        .file(entry.info().tenant(), entry.info().document()));
            }
        }
        List<Path> files = new ArrayList<>();
        List<DocumentInfo> infos = new ArrayList<>();
        for (Path file : catalogue.uploads().filesOfEveryLibrary()) {
            DocumentInfo info = indexed.contains(file) ? null : info(file, tenant, subject);
            if (info != null && info.subjects().contains(subject)) {
                files.add(file);
                infos.add(info);
            }
        }
        // what is erased is recorded before it is deleted, so that a crash in between is made good at the next start
        List<DocumentInfo> gone = new ArrayList<>(catalogue.erase(tenant, subject, infos));
        for (Path file : files) {
            catalogue.uploads().delete(file);
        }
        gone.addAll(infos);
        return gone;
    }

    /** Deletes uploads that a crash kept from being erased. */
    void finish() throws IOException {
        if (!catalogue.state().hasErasures()) {
            return;
        }
        for (Path file : catalogue.uploads().filesOfEveryLibrary()) {
            DocumentInfo info = info(file, null, null);
            if (info != null && catalogue.forbidden(new Entry(info, Origin.UPLOAD, 0)) != null) {
                catalogue.uploads().delete(file);
            }
        }
    }

    /** What an upload is, or null when it is damaged, another tenant's, or known not to name the subject. */
    private DocumentInfo info(Path file, String tenant, String subject) {
        UploadStore.Upload upload;
        try {
            upload = catalogue.uploads().read(file);
        } catch (IOException e) {
            LOG.warn("An upload cannot be looked at for an erasure: {}", e.getMessage());
            return null;
        }
        DocumentMetadata said = upload.metadata();
        boolean other = tenant != null && !upload.tenant().equals(tenant);
        if (other
                || (subject != null
                        && said.subjects() != null
                        && !said.subjects().contains(subject))) {
            return null;
        }
        try {
            return reader.read(upload.tenant(), upload.document(), upload.content(), said, Origin.UPLOAD, 0)
                    .entry()
                    .info();
        } catch (UnreadableDocumentException e) {
            LOG.warn("The upload {} cannot be read any more: {}", upload.document(), e.getMessage());
            return bare(upload);
        }
    }

    private static DocumentInfo bare(UploadStore.Upload upload) {
        DocumentMetadata said = upload.metadata();
        return new DocumentInfo(
                upload.tenant(),
                upload.document(),
                Digests.sha256(upload.content()),
                upload.document(),
                said.language() == null ? "" : said.language(),
                said.owner() == null ? "" : said.owner(),
                said.subjects() == null ? Set.of() : said.subjects(),
                said.purposes() == null ? Set.of() : said.purposes(),
                said.roles() == null ? Set.of() : said.roles(),
                said.licence() == null ? "" : said.licence(),
                upload.content().length,
                0,
                Instant.now());
    }
}
