package org.candor.api.operation;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Operations {@code admin.backup.*}. Every method throws {@link OperationException}. Thread safe. */
public interface Backups {

    /**
     * @param file the archive
     * @param bytes its length
     * @param digest {@code sha256:} and its digest
     * @param files how many files of the server's state it holds
     * @param logSize entries of its copy of the log
     * @param evidence its log entry is durable
     */
    record Backup(Path file, long bytes, String digest, int files, long logSize, Evidence evidence) {}

    /**
     * @param created when the backup was made
     * @param version of the server that made it
     * @param logSize entries of its copy of the log
     * @param parts what it holds
     * @param evidence its log entry is durable
     */
    record Staged(Instant created, String version, long logSize, List<String> parts, Evidence evidence) {}

    /**
     * Operation {@code admin.backup.create}: copies the state while the server runs. The log is copied last, so that
     * whatever the other parts hold, its begin is in the log's copy.
     *
     * @param to an absolute path outside the server's own folder: a file that does not exist, or a folder to put one in
     */
    Backup backUp(Caller caller, Path to);

    /**
     * Operation {@code admin.backup.restore}: checks an archive whole and stages it; it takes the place of the state at the
     * next start.
     *
     * @param from absolute
     */
    Staged stageRestore(Caller caller, Path from);
}
