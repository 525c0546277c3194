package org.candor.shell.internal.command;

import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Models;

/** {@code candor:model-verify}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "model-verify",
        description = "Verifies, loads and tests a revision without activating it.",
        detailedDescription = "Ends with 3 when it fails; what serves goes on.\n"
                + "Example: candor:model-verify encoder-en 1.1.0 --reason \"the disk was replaced\"")
public final class ModelVerifyCommand extends CandorCommand {

    @Argument(index = 0, name = "model", required = true, description = "Its name.")
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
        Models.Checked checked = operations.models().verify(caller, model, version, reason);
        ModelRevision revision = checked.revision();
        String name = revision.id().name() + " " + revision.id().version();
        if (revision.state() == ModelState.FAILED) {
            print(checked, "refused: " + name + ": " + revision.reason());
            return NO;
        }
        print(checked, name + " is in order, " + revision.state().name().toLowerCase(Locale.ROOT));
        return DONE;
    }
}
