package org.candor.api.retrieval;

import java.util.Set;
import java.util.function.Predicate;

/**
 * What a request may see. The sets become a filter on every leg of a search; {@code permits} is asked again for every
 * hit before it is returned, so that a withdrawal between both still counts.
 *
 * @param tenant documents of this tenant only
 * @param purpose documents whose purposes contain it, or that name none
 * @param roles documents that name one of these, or none
 * @param withdrawn subjects whose documents are left out
 * @param permits last word on each hit
 */
public record Scope(
        String tenant, String purpose, Set<String> roles, Set<String> withdrawn, Predicate<DocumentInfo> permits) {
    public Scope {
        roles = Set.copyOf(roles);
        withdrawn = Set.copyOf(withdrawn);
    }

    /** The same for other roles. */
    public Scope withRoles(Set<String> others) {
        return new Scope(tenant, purpose, others, withdrawn, permits);
    }

    /** Whether a document may be seen: what the filter of a search says, and {@code permits}. */
    public boolean admits(DocumentInfo document) {
        return document.tenant().equals(tenant)
                && (document.purposes().isEmpty() || document.purposes().contains(purpose))
                && document.readableBy(roles)
                && document.subjects().stream().noneMatch(withdrawn::contains)
                && permits.test(document);
    }
}
