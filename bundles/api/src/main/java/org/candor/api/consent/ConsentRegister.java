package org.candor.api.consent;

import java.util.List;
import java.util.Set;

/**
 * Who agreed to what. The newest entry of a subject for a purpose, or for all purposes ({@code *}), decides. Every change
 * is durable before it returns and counts from the next question asked of this interface on. Thread safe. Methods throw
 * {@link ConsentUnavailableException} when the store cannot be reached: nothing is permitted then; and
 * IllegalArgumentException for names that are blank, longer than 200 characters or hold a control character.
 */
public interface ConsentRegister {

    /** Number of the newest entry. */
    long epoch();

    /** Subjects that withdrew this purpose, or were erased. */
    Set<String> withdrawn(String tenant, String purpose);

    /** False when the subject withdrew this purpose or was erased; true when it granted it or never said anything. */
    boolean permits(String tenant, String subject, String purpose);

    /** Enters a grant. */
    ConsentRecord grant(String tenant, String subject, String purpose, String actor, String reason);

    /** Enters a withdrawal. */
    ConsentRecord withdraw(String tenant, String subject, String purpose, String actor, String reason);

    /** Destroys the subject's key, then enters the erasure. A new key is made should the subject ever return. */
    ConsentRecord erase(String tenant, String subject, String actor, String reason);

    /** All entries of a subject, oldest first. */
    List<ConsentRecord> records(String tenant, String subject);

    /** Subjects with an entry, sorted. */
    List<String> subjects(String tenant);
}
