package org.candor.retrieval.internal.index;

import org.candor.api.retrieval.DocumentInfo;

/**
 * A document of the catalogue.
 *
 * @param info what callers see
 * @param origin where it came from
 * @param modified the file's time in milliseconds when it was read, 0 for an upload
 */
public record Entry(DocumentInfo info, Origin origin, long modified) {

    /** Identifies a document in index and catalogue. */
    public static String key(String tenant, String document) {
        return tenant + '\n' + document;
    }

    /** This document's. */
    public String key() {
        return key(info.tenant(), info.document());
    }
}
