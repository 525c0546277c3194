package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.access.AccessKey;
import org.candor.api.operation.Caller;

/** API keys, by name. */
@Service
public final class KeyCompleter extends NamesCompleter {

    @Override
    String operation() {
        return "admin.access.list";
    }

    @Override
    Stream<String> names(Caller caller, List<String> before) {
        return operations.access().keys(caller).stream().map(AccessKey::name);
    }
}
