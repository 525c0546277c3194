package org.candor.shell.internal.command;

import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.candor.api.operation.OperationException;
import org.candor.shell.internal.Operations;

/** Routes that serve, from what the platform says of itself: completing a word is no operation and leaves no entry. */
abstract class RouteCompleter implements Completer {

    @Reference
    Operations operations;

    /** Member of the platform's status that lists them. */
    abstract String list();

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        StringsCompleter names = new StringsCompleter();
        try {
            if (operations.platform().status().get(list()) instanceof List<?> routes) {
                for (Object route : routes) {
                    names.getStrings().add((String) ((Map<?, ?>) route).get("id"));
                }
            }
        } catch (OperationException e) {
            return -1;
        }
        return names.complete(session, line, candidates);
    }
}
