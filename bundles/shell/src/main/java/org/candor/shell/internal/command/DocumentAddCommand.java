package org.candor.shell.internal.command;

import java.util.List;
import java.util.Set;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Documents;
import org.candor.api.retrieval.DocumentMetadata;

/** {@code candor:document-add}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "document-add",
        description = "Adds a file on the server's machine to the library.",
        detailedDescription =
                "The kind of file (txt, md, html, pdf, docx) is told by its extension.\n"
                        + "Example: candor:document-add --as hr/letter.pdf --subject alice --purpose question-answering --role steward /srv/in/letter.pdf")
public final class DocumentAddCommand extends CandorCommand {

    @Argument(name = "file", required = true, description = "Absolute path on the server's machine.")
    @Completion(FileCompleter.class)
    String file;

    @Option(name = "--as", description = "Path in the library; the file's name where it is not given.")
    String document;

    @Option(name = "--title", description = "Title.")
    String title;

    @Option(name = "--lang", description = "en or zh.")
    String language;

    @Option(name = "--owner", description = "Whose document it is.")
    String owner;

    @Option(name = "--subject", multiValued = true, description = "Somebody it is about; may be given several times.")
    @Completion(SubjectCompleter.class)
    List<String> subjects;

    @Option(
            name = "--purpose",
            multiValued = true,
            description = "What it may be used for; may be given several times.")
    List<String> purposes;

    @Option(
            name = "--role",
            aliases = "--roles",
            multiValued = true,
            description = "Who may read it; may be given several times. Every role where none is given.")
    @Completion(RoleCompleter.class)
    List<String> roles;

    @Option(name = "--licence", description = "Its licence.")
    String licence;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        DocumentMetadata metadata =
                new DocumentMetadata(title, language, owner, set(subjects), set(purposes), set(roles), licence);
        Documents.Added added = operations.documents().addFile(caller, document, absolute("file", file), metadata);
        print(
                added,
                "added " + added.document().document() + ", " + added.document().characters() + " characters");
        return DONE;
    }

    /** None given means: what the document itself says. */
    private static Set<String> set(List<String> values) {
        return values == null ? null : Set.copyOf(values);
    }
}
