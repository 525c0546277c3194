package org.candor.api.operation;

import java.util.List;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.retrieval.DocumentInfo;

/** Operations {@code admin.consent.*}. Every method throws {@link OperationException}. Thread safe. */
public interface Consents {

    /**
     * @param entry in the register
     * @param documents what it reaches: documents that name the subject; in an erasure those that were deleted
     * @param evidence its log entry is durable
     */
    record Change(ConsentRecord entry, List<DocumentInfo> documents, Evidence evidence) {}

    /**
     * Operation {@code admin.consent.grant}.
     *
     * @param purpose or null for {@link Answers#DEFAULT_PURPOSE}
     * @param reason or empty
     */
    Change grant(Caller caller, String subject, String purpose, String reason);

    /**
     * Operation {@code admin.consent.withdraw}.
     *
     * @param purpose or null for {@link Answers#DEFAULT_PURPOSE}
     * @param reason or empty
     */
    Change withdraw(Caller caller, String subject, String purpose, String reason);

    /** Operation {@code admin.consent.erase}: destroys the subject's key and the documents that name the subject. */
    Change erase(Caller caller, String subject, String reason);

    /**
     * What an erasure would reach.
     *
     * @param documents that name the subject and would be deleted, or null while the library cannot be asked
     * @param records entries of the register that name the subject; they stay
     * @param key whether the subject has a key, which would be destroyed: what it commits to keeps its proofs and is no
     *     longer linkable
     */
    record Preview(List<DocumentInfo> documents, int records, boolean key) {}

    /** Operation {@code admin.consent.preview}: what {@link #erase} would reach; changes nothing. */
    Preview preview(Caller caller, String subject);

    /** Operation {@code admin.consent.list}. */
    List<ConsentRecord> records(Caller caller, String subject);

    /** Operation {@code admin.consent.list}: subjects with an entry, sorted. */
    List<String> subjects(Caller caller);
}
