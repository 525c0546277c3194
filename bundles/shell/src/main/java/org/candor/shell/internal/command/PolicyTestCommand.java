package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.policy.PolicyTests;
import org.candor.shell.internal.Table;

/** {@code candor:policy-test}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "policy-test",
        description = "Runs an installed policy's own tests.",
        detailedDescription = "Changes nothing. Ends with 3 when a test does not hold.\n"
                + "Columns that do not fit are dropped from the right.\n"
                + "Example: candor:policy-test strict 1.1.0")
public final class PolicyTestCommand extends CandorCommand {

    @Argument(index = 0, name = "policy", required = true, description = "Its name.")
    @Completion(PolicyNameCompleter.class)
    String policy;

    @Argument(index = 1, name = "version", required = true, description = "An installed version.")
    @Completion(PolicyVersionCompleter.class)
    String version;

    @Argument(index = 2, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        PolicyTests tests = operations.policies().test(caller, policy, version);
        Table table = new Table("test", "expected", "found");
        tests.failures().forEach(failure -> table.row(failure.test(), failure.expected(), failure.found()));
        print(tests, table, "all " + tests.run() + " tests hold");
        if (tests.failures().isEmpty()) {
            return DONE;
        }
        if (!json) {
            print(tests.failures().size() + " of " + tests.run() + " tests fail");
        }
        return NO;
    }
}
