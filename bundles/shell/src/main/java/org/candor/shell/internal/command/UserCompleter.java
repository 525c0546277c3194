package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.access.UserAccount;
import org.candor.api.operation.Caller;

/** Users of the console. */
@Service
public final class UserCompleter extends NamesCompleter {

    @Override
    String operation() {
        return "admin.access.list";
    }

    @Override
    Stream<String> names(Caller caller, List<String> before) {
        return operations.access().users(caller).stream().map(UserAccount::name);
    }
}
