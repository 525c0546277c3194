package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Access;
import org.candor.api.operation.Caller;

/** {@code candor:user-password}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "user-password",
        description = "Gives a user a new first password, which is shown this once.",
        detailedDescription = "It has to be changed at the next sign-in; the user's sessions end.\n"
                + "Example: candor:user-password anna")
public final class UserPasswordCommand extends CandorCommand {

    @Argument(index = 0, name = "user", required = true, description = "Their name.")
    @Completion(UserCompleter.class)
    String user;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Access.UserChange change = operations.access().resetPassword(caller, user);
        printOnce(change, "new password of " + change.user().name(), change.password());
        return DONE;
    }
}
