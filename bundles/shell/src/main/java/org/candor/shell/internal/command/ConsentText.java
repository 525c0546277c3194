package org.candor.shell.internal.command;

import java.util.Locale;
import org.candor.api.operation.Consents;

/** A change of the register in one line. */
final class ConsentText {

    private ConsentText() {}

    static String of(Consents.Change change) {
        String reached = change.documents() == null
                ? "the library could not be asked which documents it reaches"
                : "it reaches " + change.documents().size()
                        + (change.documents().size() == 1 ? " document" : " documents");
        return change.entry().subject() + " " + change.entry().state().name().toLowerCase(Locale.ROOT) + " "
                + change.entry().purpose() + " (entry " + change.entry().epoch() + "); " + reached;
    }
}
