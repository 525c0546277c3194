package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.Platform.Permission;
import org.candor.shell.internal.Callers;
import org.candor.shell.internal.Operations;

/**
 * Names of what is there, for who may list it: they are read by the operation that lists them, with its entry in the log. Who may
 * not, and whoever would need a second person for it, is told nothing, and nothing is asked.
 */
abstract class NamesCompleter implements Completer {

    @Reference
    Operations operations;

    @Reference
    Callers callers;

    /** What {@link #names} does. */
    abstract String operation();

    /** @param before words in front of the one that is completed, the command's name among them */
    abstract Stream<String> names(Caller caller, List<String> before);

    @Override
    public final int complete(Session session, CommandLine line, List<String> candidates) {
        StringsCompleter names = new StringsCompleter();
        try {
            Caller caller = callers.of(session);
            if (!mayList(caller)) {
                return -1;
            }
            List<String> words = List.of(line.getArguments());
            names(caller, words.subList(0, Math.min(words.size(), line.getCursorArgumentIndex())))
                    .forEach(names.getStrings()::add);
        } catch (OperationException e) {
            return -1; // whoever sends the line is told why
        }
        return names.complete(session, line, candidates);
    }

    private boolean mayList(Caller caller) {
        for (Permission permission : operations.platform().permissions(caller)) {
            if (permission.operation().equals(operation())) {
                return permission.permitted() && !permission.obligations().contains("second-person");
            }
        }
        return false;
    }
}
