package org.candor.shell.internal.command;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.retrieval.DocumentInfo;

/** Documents that the person who types may see. */
@Service
public final class DocumentCompleter extends NamesCompleter {

    @Override
    String operation() {
        return "admin.documents.list";
    }

    @Override
    Stream<String> names(Caller caller, List<String> before) {
        return operations.documents().list(caller).stream().map(DocumentInfo::document);
    }
}
