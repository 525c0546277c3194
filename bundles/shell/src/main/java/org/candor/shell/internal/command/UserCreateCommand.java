package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Access;
import org.candor.api.operation.Caller;

/** {@code candor:user-create}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "user-create",
        description = "Makes a user of the console; the first password is shown this once.",
        detailedDescription =
                "The password has to be changed at the first sign-in. People of the shell are in etc/users.properties.\n"
                        + "Example: candor:user-create anna --role viewer --role auditor")
public final class UserCreateCommand extends CandorCommand {

    @Argument(index = 0, name = "name", required = true, description = "Unique among users and keys.")
    String name;

    @Option(
            name = "--role",
            aliases = "--roles",
            multiValued = true,
            description = "A role; may be given several times.")
    @Completion(RoleCompleter.class)
    List<String> roles;

    @Option(name = "--tenant", description = "Whose data; your own tenant where it is not given.")
    String tenant;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Access.UserChange change = operations.access().createUser(caller, name, tenant, words(roles));
        printOnce(
                change,
                "made user " + change.user().name() + " of tenant "
                        + change.user().tenant(),
                change.password());
        return DONE;
    }
}
