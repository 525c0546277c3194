package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Policies;

/** {@code candor:policy-rollback}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "policy-rollback",
        description = "Puts the policy before back into force; that is an activation too.",
        detailedDescription =
                "Its own tests run first.\n" + "Example: candor:policy-rollback --reason \"too many refusals\"")
public final class PolicyRollbackCommand extends CandorCommand {

    @Option(name = "--reason", description = "Why; it is kept in the record and in the log.")
    String reason;

    @Argument(index = 0, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Policies.Change change = operations.policies().rollBack(caller, reason);
        print(
                change,
                change.activation().policy().name() + " "
                        + change.activation().policy().version() + " decides from now on");
        return DONE;
    }
}
