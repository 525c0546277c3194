package org.candor.shell.internal.command;

import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Routes of models that write. */
@Service
public final class GeneratorCompleter extends RouteCompleter {

    @Override
    String list() {
        return "generators";
    }
}
