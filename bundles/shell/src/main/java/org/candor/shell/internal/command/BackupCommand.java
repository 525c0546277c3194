package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Caller;

/** {@code candor:backup}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "backup",
        description = "Copies the server's state to one file while it runs.",
        detailedDescription = "The file holds keys and documents: keep it as the home itself is kept.\n"
                + "Example: candor:backup /srv/backups")
public final class BackupCommand extends CandorCommand {

    @Argument(
            name = "to",
            required = true,
            description = "A folder on the server's machine, or a file that does not exist.")
    @Completion(FileCompleter.class)
    String to;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Backups.Backup backup = operations.backups().backUp(caller, absolute("to", to));
        print(
                backup,
                "backed up " + backup.files() + " files and " + backup.logSize() + " log entries to " + backup.file()
                        + "\n" + backup.bytes() + " bytes, " + backup.digest());
        return DONE;
    }
}
