package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.access.UserAccount;
import org.candor.api.operation.Caller;
import org.candor.shell.internal.Table;

/** {@code candor:users}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "users",
        description = "Lists the people who may sign in to the console.",
        detailedDescription = "People of the shell are in etc/users.properties.\n"
                + "Columns that do not fit are dropped from the right.\n"
                + "Example: candor:users")
public final class UsersCommand extends CandorCommand {

    @Override
    int run(Caller caller) {
        List<UserAccount> users = operations.access().users(caller);
        Table table = new Table("name", "tenant", "roles", "password", "last sign-in", "created");
        users.forEach(user -> table.row(
                user.name(),
                user.tenant(),
                String.join(",", user.roles().stream().sorted().toList()),
                user.mustChangePassword() ? "to be changed" : "set",
                user.lastSignIn() == null ? "never" : user.lastSignIn(),
                user.created()));
        print(users, table, "there is no user");
        return DONE;
    }
}
