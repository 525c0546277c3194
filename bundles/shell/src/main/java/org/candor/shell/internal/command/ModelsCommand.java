package org.candor.shell.internal.command;

import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.model.ModelRevision;
import org.candor.api.operation.Caller;
import org.candor.shell.internal.Table;

/** {@code candor:models}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "models",
        description = "Lists the models that are installed, with their state.",
        detailedDescription = "Columns that do not fit are dropped from the right.\n" + "Example: candor:models --json")
public final class ModelsCommand extends CandorCommand {

    @Override
    int run(Caller caller) {
        List<ModelRevision> revisions = operations.models().list(caller);
        Table table = new Table("model", "version", "state", "leases", "task", "reason", "family", "digest");
        revisions.forEach(revision -> table.row(
                revision.id().name(),
                revision.id().version(),
                revision.state().name().toLowerCase(Locale.ROOT),
                revision.leases(),
                String.join(",", revision.tasks().stream().sorted().toList()),
                revision.reason(),
                revision.family(),
                shortened(revision.id().digest())));
        print(revisions, table, "no model is installed");
        return DONE;
    }
}
