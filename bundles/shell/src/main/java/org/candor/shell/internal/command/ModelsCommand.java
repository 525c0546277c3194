package org.candor.shell.internal.command;

import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.operation.Caller;
import org.candor.shell.internal.Table;
import org.candor.shell.internal.Width;

/** {@code candor:models}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "models",
        description = "Lists the models that are installed, with their state.",
        detailedDescription =
                "Columns that do not fit are dropped from the right; why a model is refused or waits follows in a line of its own.\n"
                        + "Example: candor:models --json")
public final class ModelsCommand extends CandorCommand {

    @Override
    int run(Caller caller) {
        List<ModelRevision> revisions = operations.models().list(caller);
        Table table = new Table("model", "version", "state", "leases", "task", "family", "digest");
        revisions.forEach(revision -> table.row(
                revision.id().name(),
                revision.id().version(),
                revision.state().name().toLowerCase(Locale.ROOT),
                revision.leases(),
                String.join(",", revision.tasks().stream().sorted().toList()),
                revision.family(),
                shortened(revision.id().digest())));
        print(revisions, table, "no model is installed");
        if (!json) {
            // a sentence does not fit into a column, and a model that does not serve says why here, too
            revisions.stream()
                    .filter(revision -> !revision.reason().isEmpty())
                    .forEach(revision -> print((revision.state() == ModelState.FAILED ? "refused: " : "waits: ")
                            + Width.harmless(revision.id().name() + " "
                                            + revision.id().version() + ": " + revision.reason())
                                    .replace('\n', ' ')));
        }
        return DONE;
    }
}
