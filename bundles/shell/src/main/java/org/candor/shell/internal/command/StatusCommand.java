package org.candor.shell.internal.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Platform;
import org.candor.shell.internal.Table;

/** {@code candor:status}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "status",
        description = "Shows whether the server is ready, what it runs, and what it waits for.",
        detailedDescription = "Ends with 0 when ready, else 1.\n" + "Example: candor:status")
public final class StatusCommand extends CandorCommand {

    @Override
    int run(Caller caller) {
        Platform platform = operations.platform();
        List<Platform.Check> checks = platform.checks();
        boolean ready = checks.stream().allMatch(Platform.Check::ready);
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("ready", ready);
        status.putAll(platform.status());
        if (!caller.ofOperator()) {
            // The library's folder and the names of files in it are for those who run the server.
            status.replace("library", null);
        }
        status.put("checks", checks);
        Table table = new Table("check", "state", "detail");
        checks.forEach(check -> table.row(check.name(), state(check), shown(check.detail())));
        if (!json) {
            print(ready ? "ready" : "not ready");
        }
        print(status, table, "nothing is checked");
        return ready ? DONE : FAILED;
    }

    private static String state(Platform.Check check) {
        if (!check.ready()) {
            return "waits";
        }
        return check.attention() ? "look" : "ready";
    }

    /** So much of a detail that the column is not dropped for its sake. */
    private String shown(String detail) {
        int most = columns() - 20;
        return detail.length() <= most ? detail : detail.substring(0, most - 1) + "…";
    }
}
