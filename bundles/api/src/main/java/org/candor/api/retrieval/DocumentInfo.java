package org.candor.api.retrieval;

import java.time.Instant;
import java.util.Collections;
import java.util.Set;

/**
 * One document of a library.
 *
 * @param tenant whose it is
 * @param document path relative to the library, with {@code /} and extension
 * @param version {@code sha256:} and the hexadecimal digest of the file's bytes
 * @param title from front matter or the file, never blank
 * @param language {@code en} or {@code zh}
 * @param owner who answers for it, or empty
 * @param subjects persons it is about
 * @param purposes what it may be used for; empty means every purpose
 * @param roles of callers who may read it; empty means every role of the tenant
 * @param licence or empty
 * @param bytes of the file
 * @param characters code points of the extracted text
 * @param indexed when it became searchable
 */
public record DocumentInfo(
        String tenant,
        String document,
        String version,
        String title,
        String language,
        String owner,
        Set<String> subjects,
        Set<String> purposes,
        Set<String> roles,
        String licence,
        long bytes,
        int characters,
        Instant indexed) {
    public DocumentInfo {
        subjects = Set.copyOf(subjects);
        purposes = Set.copyOf(purposes);
        roles = Set.copyOf(roles);
    }

    /** Whether somebody with these roles may read it, as far as roles decide that. */
    public boolean readableBy(Set<String> callersRoles) {
        return roles.isEmpty() || !Collections.disjoint(roles, callersRoles);
    }
}
