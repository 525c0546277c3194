package org.candor.shell.internal.command;

import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.operation.Caller;
import org.candor.shell.internal.Table;

/** {@code candor:consent}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "consent",
        description = "Lists who has entries in the consent register, or one person's entries.",
        detailedDescription = "Columns that do not fit are dropped from the right.\n" + "Example: candor:consent alice")
public final class ConsentCommand extends CandorCommand {

    @Argument(name = "subject", description = "Whose entries; all subjects where it is not given.")
    @Completion(SubjectCompleter.class)
    String subject;

    @Argument(index = 1, name = AnyOrder.NAME, multiValued = true, description = AnyOrder.DESCRIPTION)
    List<String> rest;

    @Override
    int run(Caller caller) {
        if (subject == null) {
            List<String> subjects = operations.consents().subjects(caller);
            Table table = new Table("subject");
            subjects.forEach(table::row);
            print(subjects, table, "nobody has entered anything");
            return DONE;
        }
        List<ConsentRecord> records = operations.consents().records(caller, subject);
        Table table = new Table("time", "purpose", "state", "actor", "reason", "entry");
        records.forEach(record -> table.row(
                record.time(),
                record.purpose(),
                record.state().name().toLowerCase(Locale.ROOT),
                record.actor(),
                record.reason(),
                record.epoch()));
        print(records, table, subject + " has no entry");
        return DONE;
    }
}
