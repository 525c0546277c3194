package org.candor.api.retrieval;

import java.util.Set;
import java.util.function.Predicate;

/**
 * What a request may see. The sets become a filter on every leg of a search; {@code permits} is asked again for every
 * hit before it is returned, so that a withdrawal between both still counts.
 *
 * @param tenant documents of this tenant only
 * @param purpose documents whose purposes contain it, or that name none
 * @param withdrawn subjects whose documents are left out
 * @param permits last word on each hit
 */
public record Scope(String tenant, String purpose, Set<String> withdrawn, Predicate<DocumentInfo> permits) {
    public Scope {
        withdrawn = Set.copyOf(withdrawn);
    }
}
