package org.candor.shell.internal.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Platform;
import org.candor.shell.internal.Table;

/** {@code candor:health}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "health",
        description = "Shows bundles and components that do not run, and what they wait for.",
        detailedDescription = "Ends with 0 when everything runs that should, else 1.\n"
                + "Columns that do not fit are dropped from the right.\n" + "Example: candor:health --all")
public final class HealthCommand extends CandorCommand {

    @Option(name = "--all", description = "Those that run, too.")
    boolean all;

    @Override
    int run(Caller caller) {
        Platform platform = operations.platform();
        Platform.Components components = platform.components(caller);
        List<Platform.Check> checks = platform.checks();
        List<Platform.BundleState> stopped = components.bundles().stream()
                .filter(bundle -> !bundle.state().equals("active"))
                .toList();
        List<Platform.ComponentState> waiting =
                components.components().stream().filter(HealthCommand::waits).toList();
        Map<String, Object> health = new LinkedHashMap<>();
        health.put("bundles", components.bundles());
        health.put("components", components.components());
        health.put("checks", checks);
        Table bundles = new Table("bundle", "state", "version", "since");
        (all ? components.bundles() : stopped)
                .forEach(bundle -> bundles.row(bundle.name(), bundle.state(), bundle.version(), bundle.since()));
        Table parts = new Table("component", "state", "waits for", "configuration");
        (all ? components.components() : waiting)
                .forEach(component -> parts.row(
                        shortName(component.name()),
                        component.state(),
                        String.join("; ", component.waitsFor()),
                        component.configurationPid()));
        if (json) {
            printJson(health);
        } else {
            print(null, bundles, "all " + components.bundles().size() + " bundles are active");
            print(null, parts, "all " + components.components().size() + " components have what they need");
            // The table has no room for what a long line says last: what is allowed.
            waiting.forEach(component ->
                    component.waitsFor().forEach(line -> print(shortName(component.name()) + ": " + line)));
            checks.stream()
                    .filter(check -> !check.ready())
                    .forEach(check -> print("check " + check.name() + ": " + check.detail()));
        }
        return stopped.isEmpty() && waiting.isEmpty() && checks.stream().allMatch(Platform.Check::ready)
                ? DONE
                : FAILED;
    }

    private static boolean waits(Platform.ComponentState component) {
        return !component.waitsFor().isEmpty();
    }

    private static String shortName(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
