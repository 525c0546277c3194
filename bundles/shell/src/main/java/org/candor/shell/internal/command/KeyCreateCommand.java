package org.candor.shell.internal.command;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Access;
import org.candor.api.operation.Caller;

/** {@code candor:key-create}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "key-create",
        description = "Makes an API key; its secret is shown this once.",
        detailedDescription = "Names are unique among users and keys.\n"
                + "Example: candor:key-create nightly --role viewer --expires 2099-12-31T23:59:59Z")
public final class KeyCreateCommand extends CandorCommand {

    @Argument(index = 0, name = "name", required = true, description = "Its name, in which the program acts.")
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

    @Option(
            name = "--expires",
            description =
                    "From when on it no longer counts, such as 2099-12-31T23:59:59Z; never where it is not given.")
    String expires;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Access.KeyChange change = operations.access().createKey(caller, name, tenant, words(roles), when(expires));
        printOnce(
                change,
                "made key " + change.key().name() + " for tenant "
                        + change.key().tenant(),
                change.secret());
        return DONE;
    }

    private static Instant when(String time) {
        try {
            return time == null ? null : Instant.parse(time);
        } catch (DateTimeParseException e) {
            throw wrong("expires", "\"" + time + "\" is no time such as 2099-12-31T23:59:59Z");
        }
    }
}
