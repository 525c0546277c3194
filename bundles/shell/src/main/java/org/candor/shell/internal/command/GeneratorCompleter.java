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

/** Routes of models that write, from what the platform says of itself: no operation, and no entry. */
@Service
public final class GeneratorCompleter implements Completer {

    @Reference
    Operations operations;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        StringsCompleter names = new StringsCompleter();
        try {
            if (operations.platform().status().get("generators") instanceof List<?> generators) {
                for (Object generator : generators) {
                    names.getStrings().add((String) ((Map<?, ?>) generator).get("id"));
                }
            }
        } catch (OperationException e) {
            return -1;
        }
        return names.complete(session, line, candidates);
    }
}
