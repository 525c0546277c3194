package org.candor.shell.internal.command;

import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidences;
import org.candor.shell.internal.Table;

/** {@code candor:log}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "log",
        description = "Shows entries of the transparency log, the newest where nothing else is asked for.",
        detailedDescription = "Reading writes no entry.\n" + "Example: candor:log --start 0 --count 50")
public final class LogCommand extends CandorCommand {

    private static final int SHOWN = 20;

    @Option(
            name = "--start",
            description = "Index of the first entry, from 0; the newest entries where it is not given.")
    int start = -1;

    @Option(name = "--count", description = "1 to 256; 20 where it is not given.")
    int count = SHOWN;

    @Override
    int run(Caller caller) {
        Evidences evidences = operations.evidences();
        long first =
                start >= 0 ? start : Math.max(0, evidences.entries(caller, 0, 1).size() - count);
        Evidences.Page page = evidences.entries(caller, first, count);
        Table table = new Table("entry", "time", "operation", "commitments");
        page.entries()
                .forEach(entry -> table.row(
                        entry.index(),
                        entry.leaf().get("time"),
                        entry.leaf().get("operation"),
                        entry.leaf().get("commitments") instanceof Map<?, ?> commitments
                                ? String.join(
                                        " ",
                                        commitments.keySet().stream()
                                                .map(String::valueOf)
                                                .sorted()
                                                .toList())
                                : ""));
        print(page, table, "there is no entry from " + first + " on");
        if (!json) {
            print(page.size() + " entries in all");
        }
        return DONE;
    }
}
