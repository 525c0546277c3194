package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.access.AccessKey;
import org.candor.api.operation.Caller;
import org.candor.shell.internal.Table;

/** {@code candor:keys}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "keys",
        description = "Lists the API keys, without their secrets.",
        detailedDescription = "Columns that do not fit are dropped from the right.\n" + "Example: candor:keys")
public final class KeysCommand extends CandorCommand {

    @Override
    int run(Caller caller) {
        List<AccessKey> keys = operations.access().keys(caller);
        Table table = new Table("name", "tenant", "roles", "expires", "last used", "created", "id");
        keys.forEach(key -> table.row(
                key.name(),
                key.tenant(),
                String.join(",", key.roles().stream().sorted().toList()),
                key.expires() == null ? "never" : key.expires(),
                key.lastUsed() == null ? "never" : key.lastUsed(),
                key.created(),
                key.id()));
        print(keys, table, "there is no key");
        return DONE;
    }
}
