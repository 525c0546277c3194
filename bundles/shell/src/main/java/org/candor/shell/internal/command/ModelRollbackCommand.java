package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Models;

/** {@code candor:model-rollback}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "model-rollback",
        description = "Leads a route back to the revision before; that is an activation too.",
        detailedDescription = "Example: candor:model-rollback encoder-en --reason \"answers got worse\"")
public final class ModelRollbackCommand extends CandorCommand {

    @Argument(name = "model", required = true, description = "The route.")
    @Completion(ModelNameCompleter.class)
    String model;

    @Option(name = "--reason", description = "Why; it is kept in the record and in the log.")
    String reason;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Models.Change change = operations.models().rollBack(caller, model, reason);
        print(change, ModelActivateCommand.said(change));
        return DONE;
    }
}
