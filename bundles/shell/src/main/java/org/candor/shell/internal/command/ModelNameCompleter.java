package org.candor.shell.internal.command;

import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Routes of every kind of model. */
@Service
public final class ModelNameCompleter extends RouteCompleter {

    @Override
    String list() {
        return "models";
    }
}
