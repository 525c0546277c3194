package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Consents;

/** {@code candor:consent-erase}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "consent-erase",
        description = "Destroys a person's key and the documents that name them. No way back.",
        detailedDescription = "Example: candor:consent-erase alice --reason \"request of 4 May\"")
public final class ConsentEraseCommand extends CandorCommand {

    @Argument(name = "subject", required = true, description = "Who.")
    @Completion(SubjectCompleter.class)
    String subject;

    @Option(name = "--reason", description = "Why, for the register.")
    String reason;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Consents.Change change = operations.consents().erase(caller, subject, reason);
        print(change, ConsentText.of(change));
        return DONE;
    }
}
