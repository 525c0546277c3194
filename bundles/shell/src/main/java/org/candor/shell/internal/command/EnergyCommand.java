package org.candor.shell.internal.command;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.energy.EnergyWindow;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Energy;
import org.candor.shell.internal.Table;

/** {@code candor:energy}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "energy",
        description = "Shows what was metered, minute by minute and since the start.",
        detailedDescription =
                "Columns that do not fit are dropped from the right.\n" + "Example: candor:energy --minutes 5")
public final class EnergyCommand extends CandorCommand {

    @Option(name = "--minutes", description = "1 to 1440; 10 where it is not given.")
    int minutes = 10;

    @Override
    int run(Caller caller) {
        Energy.History history = operations.energy().history(caller, minutes);
        Table table = new Table("minute", "joules", "idle", "operations");
        for (EnergyWindow window : history.windows()) {
            table.row(window.start(), joules(window.joules()), joules(window.idleJoules()), operations(window));
        }
        print(history, table, "nothing was metered yet");
        if (!json) {
            print(joules(history.status().totalJoules()) + " J since the start, "
                    + joules(history.status().idleJoules()) + " J of them idle, by "
                    + history.status().method());
        }
        return DONE;
    }

    private static String joules(double joules) {
        return String.format(Locale.ROOT, "%.1f", joules);
    }

    private static String operations(EnergyWindow window) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, EnergyWindow.Operations> each : new TreeMap<>(window.operations()).entrySet()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(each.getValue().count())
                    .append(" ")
                    .append(each.getKey())
                    .append(" ")
                    .append(joules(each.getValue().joules()));
        }
        return text.toString();
    }
}
