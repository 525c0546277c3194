package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.policy.PolicyReplay;
import org.candor.shell.internal.Table;

/** {@code candor:policy-replay}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "policy-replay",
        description = "Shows which of the last decisions another policy would have made differently.",
        detailedDescription = "Changes nothing. Columns that do not fit are dropped from the right.\n"
                + "Example: candor:policy-replay strict 1.1.0 --decisions 5000")
public final class PolicyReplayCommand extends CandorCommand {

    @Argument(index = 0, name = "policy", required = true, description = "Its name.")
    @Completion(PolicyNameCompleter.class)
    String policy;

    @Argument(index = 1, name = "version", required = true, description = "An installed version.")
    @Completion(PolicyVersionCompleter.class)
    String version;

    @Option(name = "--decisions", description = "How many of the newest, 1 to 100000; 1000 where it is not given.")
    int decisions = 1_000;

    @Argument(index = 2, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        PolicyReplay replay = operations.policies().replay(caller, policy, version, decisions);
        Table table = new Table("count", "operation", "before", "after", "purpose", "roles", "last");
        replay.differences()
                .forEach(difference -> table.row(
                        difference.count(),
                        difference.operation(),
                        outcome(difference.before()),
                        outcome(difference.after()),
                        difference.purpose(),
                        String.join(",", difference.roles().stream().sorted().toList()),
                        difference.last()));
        print(replay, table, "no decision would change");
        return DONE;
    }

    private static String outcome(PolicyReplay.Outcome outcome) {
        String text = outcome.permitted() ? "permit" : "deny " + outcome.code();
        return outcome.obligations().isEmpty() ? text : text + " " + String.join(" ", outcome.obligations());
    }
}
