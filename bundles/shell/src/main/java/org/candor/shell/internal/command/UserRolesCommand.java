package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Access;
import org.candor.api.operation.Caller;

/** {@code candor:user-roles}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "user-roles",
        description = "Gives a user other roles, instead of those before.",
        detailedDescription =
                "They count from the next request on.\n" + "Example: candor:user-roles anna --role operator")
public final class UserRolesCommand extends CandorCommand {

    @Argument(index = 0, name = "user", required = true, description = "Their name.")
    @Completion(UserCompleter.class)
    String user;

    @Option(
            name = "--role",
            aliases = "--roles",
            multiValued = true,
            description = "A role; may be given several times.")
    @Completion(RoleCompleter.class)
    List<String> roles;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Access.UserChange change = operations.access().setRoles(caller, user, words(roles));
        print(
                change,
                change.user().name() + " has the roles "
                        + String.join(
                                ", ", change.user().roles().stream().sorted().toList()));
        return DONE;
    }
}
