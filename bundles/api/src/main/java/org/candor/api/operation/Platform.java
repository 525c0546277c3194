package org.candor.api.operation;

import java.util.List;
import java.util.Map;

/** What the platform says about itself. Nothing here is an operation on anybody's data, so none writes a log entry. Thread safe. */
public interface Platform {

    /**
     * One thing an answer needs.
     *
     * @param name for example {@code models}
     * @param ready whether it is there
     * @param detail what is there, or what it waits for, in one line
     */
    record Check(String name, boolean ready, String detail) {}

    /** Models, library, log, consent, policy and energy, in this order. Quick; may be asked by anybody. */
    List<Check> checks();

    /**
     * The running system as JSON values: log (origin, key, size), models, library, energy, policy; a member is null while
     * its service is missing.
     */
    Map<String, Object> status();
}
