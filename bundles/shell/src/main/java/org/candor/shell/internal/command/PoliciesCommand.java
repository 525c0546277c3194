package org.candor.shell.internal.command;

import java.util.Locale;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Policies;
import org.candor.api.policy.PolicyCandidate;
import org.candor.shell.internal.Table;

/** {@code candor:policies}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "policies",
        description = "Lists the policies that are installed, and which one decides.",
        detailedDescription =
                "Columns that do not fit are dropped from the right.\n" + "Example: candor:policies --json")
public final class PoliciesCommand extends CandorCommand {

    @Override
    int run(Caller caller) {
        Policies.Overview overview = operations.policies().list(caller);
        Table table = new Table("policy", "version", "state", "digest", "trust", "source");
        overview.candidates().stream()
                .filter(candidate -> candidate.state() != PolicyCandidate.State.REFUSED)
                .forEach(candidate -> table.row(
                        candidate.policy().name(),
                        candidate.policy().version(),
                        candidate.state().name().toLowerCase(Locale.ROOT),
                        shortened(candidate.policy().digest()),
                        candidate.trust(),
                        candidate.source()));
        print(overview, table, "no policy is installed");
        if (!json) {
            overview.candidates().stream()
                    .filter(candidate -> candidate.state() == PolicyCandidate.State.REFUSED)
                    .forEach(candidate -> print("refused: " + candidate.source() + ": " + candidate.reason()));
        }
        if (!json && overview.active() != null) {
            print("in force: " + overview.active().policy().name() + " "
                    + overview.active().policy().version() + " since "
                    + overview.active().time() + ", by " + overview.active().actor());
        }
        return DONE;
    }
}
