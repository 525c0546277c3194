package org.candor.shell.internal.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.shell.internal.Table;

/** {@code candor:documents}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "documents",
        description = "Lists the documents of the library.",
        detailedDescription =
                "Columns that do not fit are dropped from the right.\n" + "Example: candor:documents --json")
public final class DocumentsCommand extends CandorCommand {

    @Override
    int run(Caller caller) {
        List<DocumentInfo> documents = operations.documents().list(caller);
        LibraryStatus status = operations.documents().status(caller);
        Table table = new Table("document", "lang", "characters", "subjects", "purposes", "roles", "owner", "version");
        documents.forEach(document -> table.row(
                document.document(),
                document.language(),
                document.characters(),
                String.join(",", document.subjects().stream().sorted().toList()),
                String.join(",", document.purposes().stream().sorted().toList()),
                String.join(",", document.roles().stream().sorted().toList()),
                document.owner(),
                shortened(document.version())));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("documents", documents);
        all.put("status", status);
        print(all, table, "the library is empty");
        if (!json) {
            print(documents.size() + " documents, " + status.passages() + " passages, " + status.state()
                    + (status.folder() == null ? "" : ", folder " + status.folder()));
        }
        return DONE;
    }
}
