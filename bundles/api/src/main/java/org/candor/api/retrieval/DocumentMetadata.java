package org.candor.api.retrieval;

import java.util.Set;

/**
 * What an uploader says of a document; null members come from its front matter.
 *
 * @param title or null
 * @param language {@code en}, {@code zh} or null to detect it
 * @param owner or null
 * @param subjects or null
 * @param purposes or null
 * @param roles who may read it, or null
 * @param licence or null
 */
public record DocumentMetadata(
        String title,
        String language,
        String owner,
        Set<String> subjects,
        Set<String> purposes,
        Set<String> roles,
        String licence) {

    /** Everything from front matter. */
    public static final DocumentMetadata NONE = new DocumentMetadata(null, null, null, null, null, null, null);
}
