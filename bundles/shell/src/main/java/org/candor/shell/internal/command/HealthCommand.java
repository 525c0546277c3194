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
import org.candor.shell.internal.Width;

/** {@code candor:health}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "health",
        description = "Shows bundles and components that do not run, and what they wait for.",
        detailedDescription = "Ends with 0 when everything runs that should, else 1.\n"
                + "Columns that do not fit are dropped from the right; what something waits for follows in a line of its own.\n"
                + "Example: candor:health --all")
public final class HealthCommand extends CandorCommand {

    @Option(name = "--all", description = "Those that run, too.")
    boolean all;

    @Override
    int run(Caller caller) {
        Platform.Components components = operations.components(caller);
        List<Platform.Check> checks = operations.checks();
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
        Table parts = new Table("component", "state", "bundle", "configuration");
        (all ? components.components() : waiting)
                .forEach(component -> parts.row(
                        shortName(component.name()),
                        component.state(),
                        component.bundle(),
                        component.configurationPid()));
        if (json) {
            printJson(health);
        } else {
            print(null, bundles, "all " + components.bundles().size() + " bundles are active");
            stopped.forEach(bundle -> reasons(bundle.name() + " is " + bundle.state() + ": ", bundle.waitsFor()));
            print(null, parts, "all " + components.components().size() + " components have what they need");
            waiting.forEach(component ->
                    reasons(shortName(component.name()) + " is " + component.state() + ": ", component.waitsFor()));
            if (all) {
                components
                        .components()
                        .forEach(component -> reasons(
                                shortName(component.name()) + " is " + component.state() + " without: ",
                                component.without()));
            }
            checks.stream()
                    .filter(check -> !check.ready())
                    .forEach(check -> print("check " + check.name() + ": " + check.detail()));
        }
        return stopped.isEmpty() && waiting.isEmpty() && checks.stream().allMatch(Platform.Check::ready)
                ? DONE
                : FAILED;
    }

    /** Below the table and whole, however long: a reason of which the end is missing is none. */
    private void reasons(String whose, List<String> reasons) {
        if (!reasons.isEmpty()) {
            print(Width.harmless(whose + String.join("; ", reasons)));
        }
    }

    private static boolean waits(Platform.ComponentState component) {
        return !component.waitsFor().isEmpty();
    }

    private static String shortName(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
