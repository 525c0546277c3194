package org.candor.governor.internal;

import java.util.Map;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Commands;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Operation {@code admin.shell.run}. */
@Component
public final class ShellOperations implements Commands {

    private final GovernedPath path;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Commands.Shell shell;

    @Activate
    public ShellOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public Result run(Caller caller, String line) {
        path.gate(new Operation("admin.shell.run", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, Map.of()));
        Commands.Shell now = shell;
        if (now == null) {
            throw Services.missing("shell", "shell");
        }
        return now.run(caller, line);
    }
}
