package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;

/** Models that are installed. */
@Service
public final class ModelCompleter extends NamesCompleter {

    @Override
    String operation() {
        return "models.list";
    }

    @Override
    Stream<String> names(Caller caller, List<String> before) {
        return operations.models().list(caller).stream()
                .map(revision -> revision.id().name());
    }
}
