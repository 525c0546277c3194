package org.candor.retrieval.internal.index;

import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.candor.api.retrieval.Scope;

/** What a request may see, as a Lucene query that every leg of a search carries. */
final class ScopeFilter {
    private ScopeFilter() {}

    static Query of(Scope scope) {
        BooleanQuery.Builder filter = new BooleanQuery.Builder()
                .add(new TermQuery(new Term(PassageFields.TYPE, PassageFields.PASSAGE)), Occur.FILTER)
                .add(new TermQuery(new Term(PassageFields.TENANT, scope.tenant())), Occur.FILTER)
                .add(
                        new TermInSetQuery(
                                PassageFields.PURPOSE,
                                List.of(new BytesRef(scope.purpose()), new BytesRef(PassageFields.EVERY_PURPOSE))),
                        Occur.FILTER);
        if (!scope.withdrawn().isEmpty()) {
            List<BytesRef> subjects =
                    scope.withdrawn().stream().map(BytesRef::new).toList();
            filter.add(new TermInSetQuery(PassageFields.SUBJECT, subjects), Occur.MUST_NOT);
        }
        return filter.add(forOtherRoles(scope), Occur.MUST_NOT).build();
    }

    /** Passages that name roles, and none of the caller's. What was indexed before documents had roles names none. */
    private static Query forOtherRoles(Scope scope) {
        List<BytesRef> roles = scope.roles().stream().map(BytesRef::new).toList();
        return new BooleanQuery.Builder()
                .add(new TermQuery(new Term(PassageFields.READERS, PassageFields.NAMED_ROLES)), Occur.FILTER)
                .add(new TermInSetQuery(PassageFields.ROLE, roles), Occur.MUST_NOT)
                .build();
    }
}
