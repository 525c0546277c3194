package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Policies;

/** {@code candor:policy-activate}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "policy-activate",
        description = "Puts a policy into force, after its own tests have passed.",
        detailedDescription = "See policy-replay first. Rolling back is activating the one before.\n"
                + "Example: candor:policy-activate strict 1.1.0 --reason \"decision of the board\"")
public final class PolicyActivateCommand extends CandorCommand {

    @Argument(index = 0, name = "policy", required = true, description = "Its name.")
    @Completion(PolicyNameCompleter.class)
    String policy;

    @Argument(index = 1, name = "version", required = true, description = "An installed version.")
    @Completion(PolicyVersionCompleter.class)
    String version;

    @Option(name = "--reason", description = "Why; it is kept in the record and in the log.")
    String reason;

    @Argument(index = 2, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Policies.Change change = operations.policies().activate(caller, policy, version, reason);
        print(
                change,
                change.activation().policy().name() + " "
                        + change.activation().policy().version() + " decides from now on");
        return DONE;
    }
}
