package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Caller;

/** {@code candor:restore}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "restore",
        description = "Checks a backup and has it take the place of the state at the next start.",
        detailedDescription = "With the server stopped: ./candor restore FILE.\n"
                + "Example: candor:restore /srv/backups/candor-20261125-120000.backup")
public final class RestoreCommand extends CandorCommand {

    @Argument(name = "file", required = true, description = "Absolute path of a backup on the server's machine.")
    @Completion(FileCompleter.class)
    String file;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Backups.Staged staged = operations.backups().stageRestore(caller, absolute("file", file));
        print(
                staged,
                "a backup of " + staged.created() + " with " + staged.logSize()
                        + " log entries is staged:\nit takes the place of the state at the next start, and what is there now is kept aside");
        return DONE;
    }
}
