package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;

/** {@code candor:user-remove}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "user-remove",
        description = "Removes a user of the console; their sessions end.",
        detailedDescription = "Example: candor:user-remove anna")
public final class UserRemoveCommand extends CandorCommand {

    @Argument(index = 0, name = "user", required = true, description = "Their name.")
    @Completion(UserCompleter.class)
    String user;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Evidence evidence = operations.access().removeUser(caller, user);
        print(evidence, "removed user " + user);
        return DONE;
    }
}
