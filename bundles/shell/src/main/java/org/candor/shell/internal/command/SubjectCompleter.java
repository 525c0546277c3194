package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;

/** People in the register of consent. */
@Service
public final class SubjectCompleter extends NamesCompleter {

    @Override
    String operation() {
        return "admin.consent.list";
    }

    @Override
    Stream<String> names(Caller caller, List<String> before) {
        return operations.consents().subjects(caller).stream();
    }
}
