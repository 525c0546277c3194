package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Models;

/** {@code candor:model-activate}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "model-activate",
        description = "Leads a route to another revision; returns when new requests take it.",
        detailedDescription = "Example: candor:model-activate encoder-en 1.1.0 --reason \"int8 is fast enough\"")
public final class ModelActivateCommand extends CandorCommand {

    @Argument(index = 0, name = "model", required = true, description = "Its name, which is the route's.")
    @Completion(ModelCompleter.class)
    String model;

    @Argument(index = 1, name = "version", required = true, description = "An installed version.")
    @Completion(ModelVersionCompleter.class)
    String version;

    @Option(name = "--reason", description = "Why; it is kept in the record and in the log.")
    String reason;

    @Argument(index = 2, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Models.Change change = operations.models().activate(caller, model, version, reason);
        print(change, said(change));
        return DONE;
    }

    /** What leads where now, and which adapters go on with what it led to before. */
    static String said(Models.Change change) {
        String now =
                change.activation().route() + " leads to " + change.activation().model();
        return change.adapters().isEmpty()
                ? now
                : now + "\n"
                        + change.adapters().stream()
                                .map(adapter -> adapter.name() + " " + adapter.version())
                                .collect(Collectors.joining(", "))
                        + ": goes on with another revision as its base, which stays loaded for it";
    }
}
