package org.candor.shell.internal.command;

import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.candor.api.operation.OperationException;
import org.candor.shell.internal.Operations;

/** Routes that are served, from what the platform says of itself: completing a word is no operation and leaves no entry. */
@Service
public final class ModelNameCompleter implements Completer {

    @Reference
    Operations operations;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        StringsCompleter names = new StringsCompleter();
        try {
            if (operations.platform().status().get("models") instanceof List<?> models) {
                for (Object model : models) {
                    names.getStrings().add((String) ((Map<?, ?>) model).get("id"));
                }
            }
        } catch (OperationException e) {
            return -1;
        }
        return names.complete(session, line, candidates);
    }
}
