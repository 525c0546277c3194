package org.candor.shell.internal.command;

import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Models;

/** {@code candor:model-install}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "model-install",
        description = "Takes a model's or adapter's folder or GGUF file as a pack, and tests it.",
        detailedDescription =
                "Nothing is activated. A folder has no signature: etc/org.candor.models.cfg has to allow it.\n"
                        + "Example: candor:model-install /srv/models/bge-small --name my-encoder --version 1.0.0 --reason trial\n"
                        + "Example: candor:model-install /srv/adapters/tales --name tales --version 1.0.0 --base stories-tiny --reason trial")
public final class ModelInstallCommand extends CandorCommand {

    @Argument(index = 0, name = "folder", required = true, description = "Absolute path on the server's machine.")
    @Completion(FileCompleter.class)
    String folder;

    @Option(name = "--name", description = "Its name, which is its route's; from the folder where it is not given.")
    String name;

    @Option(name = "--version", description = "Its version; from the folder where it is not given.")
    String version;

    @Option(
            name = "--weights",
            description =
                    "How a model that writes holds its weights: f32, bf16, f16, i8, q8, q4 or stored; stored is the default of GGUF files, f32 of others.")
    @Completion(
            value = StringsCompleter.class,
            values = {"f32", "bf16", "f16", "i8", "q8", "q4", "stored"})
    String weights;

    @Option(
            name = "--base",
            description =
                    "For a low-rank adapter (PEFT's files): the installed model that it changes, NAME for the revision that is active, or NAME:VERSION.")
    @Completion(GeneratorCompleter.class)
    String base;

    @Option(name = "--reason", description = "Why; it is kept in the record and in the log.")
    String reason;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        WeightType type = weights == null ? null : WeightType.named(weights);
        ModelSource source = new ModelSource(absolute("folder", folder), name, version, type, base);
        Models.Checked checked = operations.models().install(caller, source, reason);
        print(checked, said(checked.revision()));
        return DONE;
    }

    static String said(ModelRevision revision) {
        return "installed " + revision.id().name() + " " + revision.id().version() + ", "
                + revision.state().name().toLowerCase(Locale.ROOT) + "; candor:model-activate makes it serve";
    }
}
