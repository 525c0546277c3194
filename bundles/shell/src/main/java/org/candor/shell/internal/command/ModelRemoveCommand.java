package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Models;

/** {@code candor:model-remove}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "model-remove",
        description = "Removes a revision that no route leads to, with its files in the store.",
        detailedDescription = "Example: candor:model-remove encoder-en 1.0.0 --reason \"1.1.0 has proved itself\"")
public final class ModelRemoveCommand extends CandorCommand {

    @Argument(index = 0, name = "model", required = true, description = "Its name.")
    @Completion(ModelCompleter.class)
    String model;

    @Argument(index = 1, name = "version", required = true, description = "Its version.")
    @Completion(ModelVersionCompleter.class)
    String version;

    @Option(name = "--reason", description = "Why; it is kept in the record and in the log.")
    String reason;

    @Argument(index = 2, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Models.Removed removed = operations.models().remove(caller, model, version, reason);
        print(
                removed,
                "removed " + removed.model().name() + " " + removed.model().version());
        return DONE;
    }
}
