package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Access;
import org.candor.api.operation.Caller;

/** {@code candor:key-revoke}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "key-revoke",
        description = "Revokes an API key; the next request with it is refused.",
        detailedDescription = "Example: candor:key-revoke nightly")
public final class KeyRevokeCommand extends CandorCommand {

    @Argument(index = 0, name = "key", required = true, description = "Its name or id.")
    @Completion(KeyCompleter.class)
    String key;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Access.KeyChange change = operations.access().revokeKey(caller, key);
        print(change, "revoked key " + change.key().name());
        return DONE;
    }
}
