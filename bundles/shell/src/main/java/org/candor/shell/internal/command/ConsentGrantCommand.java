package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Consents;

/** {@code candor:consent-grant}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "consent-grant",
        description = "Enters that a person agrees to a purpose.",
        detailedDescription = "Example: candor:consent-grant alice --purpose research --reason \"signed form 17\"")
public final class ConsentGrantCommand extends CandorCommand {

    @Argument(name = "subject", required = true, description = "Who.")
    @Completion(SubjectCompleter.class)
    String subject;

    @Option(name = "--purpose", description = "For what; question-answering where it is not given.")
    @Completion(value = StringsCompleter.class, values = Answers.DEFAULT_PURPOSE)
    String purpose;

    @Option(name = "--reason", description = "Why, for the register.")
    String reason;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Consents.Change change = operations.consents().grant(caller, subject, purpose, reason);
        print(change, ConsentText.of(change));
        return DONE;
    }
}
