package org.candor.shell.internal.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Models;

/** {@code candor:model-quantize}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "model-quantize",
        description = "Installs an installed model once more, with its weights held in fewer bits.",
        detailedDescription =
                "The model's own files stay as they are; the new revision is tested, and not activated. Its digest is its own,"
                        + " so that a text tells which of them wrote it.\n"
                        + "Example: candor:model-quantize llama 1.0.0 --weights q8 --reason \"half the memory\"")
public final class ModelQuantizeCommand extends CandorCommand {

    private static final String FOLDER = "folder ";
    private static final String ONE_FILE = ".gguf";

    @Argument(index = 0, name = "model", required = true, description = "Its name.")
    @Completion(ModelCompleter.class)
    String model;

    @Argument(index = 1, name = "version", required = true, description = "An installed version.")
    @Completion(ModelVersionCompleter.class)
    String version;

    @Option(
            name = "--weights",
            description = "How the new revision holds its weights: f32, bf16, f16, i8, q8, q4 or stored.")
    @Completion(
            value = StringsCompleter.class,
            values = {"f32", "bf16", "f16", "i8", "q8", "q4", "stored"})
    String weights;

    @Option(
            name = "--as",
            description = "The new revision's version; VERSION-WEIGHTS, such as 1.0.0-q8, where it is not given.")
    String as;

    @Option(name = "--reason", description = "Why; it is kept in the record and in the log.")
    String reason;

    @Argument(index = 2, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        if (weights == null) {
            throw new IllegalArgumentException("option --weights is missing");
        }
        WeightType type = WeightType.named(weights);
        String named = as == null ? version + "-" + weights.toLowerCase(Locale.ROOT) : as;
        ModelSource source = new ModelSource(place(revision(caller)), model, named, type);
        Models.Checked checked = operations.models().install(caller, source, reason);
        print(checked, ModelInstallCommand.said(checked.revision()));
        return DONE;
    }

    private ModelRevision revision(Caller caller) {
        return operations.models().list(caller).stream()
                .filter(each ->
                        each.id().name().equals(model) && each.id().version().equals(version))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no " + model + " " + version + "; candor:models lists what is installed"));
    }

    /** Where a model by reference lies: its folder, or its file where it is one of several. */
    private Path place(ModelRevision revision) {
        if (revision.base() != null) {
            throw new IllegalArgumentException(model + " " + version
                    + " is an adapter, whose weights are held in 32 bits; its base is "
                    + revision.base().name() + " " + revision.base().version());
        }
        String origin = revision.origin();
        if (origin.isEmpty()) {
            throw new IllegalArgumentException("where the files of " + model + " " + version
                    + " are is told to those who may inspect models (admin.models.inspect)");
        }
        if (!origin.startsWith(FOLDER)) {
            throw new IllegalArgumentException(
                    model + " " + version + " comes from " + origin
                            + ", which holds its weights as its card says; candor:model-install takes the folder it was made from");
        }
        Path folder = Path.of(origin.substring(FOLDER.length()));
        return revision.card().get("source") instanceof Map<?, ?> source
                        && source.get("folder") instanceof String file
                        && file.endsWith(ONE_FILE)
                ? folder.resolve(file)
                : folder;
    }
}
