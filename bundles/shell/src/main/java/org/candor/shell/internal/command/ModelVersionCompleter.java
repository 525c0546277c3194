package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRevision;
import org.candor.api.operation.Caller;

/** Installed versions of the model named before. */
@Service
public final class ModelVersionCompleter extends NamesCompleter {

    @Override
    String operation() {
        return "models.list";
    }

    @Override
    Stream<String> names(Caller caller, List<String> before) {
        return operations.models().list(caller).stream()
                .map(ModelRevision::id)
                .filter(model -> before.contains(model.name()))
                .map(ModelId::version);
    }
}
