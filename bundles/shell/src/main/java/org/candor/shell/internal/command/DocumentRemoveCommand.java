package org.candor.shell.internal.command;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;

/** {@code candor:document-remove}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "document-remove",
        description = "Removes a document from the library.",
        detailedDescription = "A file of the mirrored folder stays out until its content changes.\n"
                + "Example: candor:document-remove hr/letter.pdf")
public final class DocumentRemoveCommand extends CandorCommand {

    @Argument(name = "document", required = true, description = "Its path in the library.")
    @Completion(DocumentCompleter.class)
    String document;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        Evidence evidence = operations.documents().delete(caller, document);
        print(evidence, "removed " + document);
        return DONE;
    }
}
