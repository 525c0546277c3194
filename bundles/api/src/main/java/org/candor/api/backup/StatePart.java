package org.candor.api.backup;

import java.io.IOException;
import java.nio.file.Path;

/**
 * State below {@code candor.home} that has to be copied by whoever writes it, because plain copies of its files would not fit
 * together. Thread safe.
 */
public interface StatePart {

    /** What it is, for people; for example {@code consent}. */
    String name();

    /**
     * Folder below {@code candor.home} that belongs to this part, and that nobody else copies; several parts may share one.
     * For example {@code consent}.
     */
    String folder();

    /**
     * Whether the rest of the state must be copied before: true for the log, so that whatever the rest holds, its begin is
     * in the log's copy.
     */
    default boolean last() {
        return false;
    }

    /**
     * Writes the state as it is at one moment, while the server runs, in the form in which a server starts from it.
     *
     * @param home an empty folder that stands for {@code candor.home}; files go below its {@link #folder()}
     * @throws IOException when it cannot be read or written; nothing is to be restored from what was written
     */
    void copy(Path home) throws IOException;
}
