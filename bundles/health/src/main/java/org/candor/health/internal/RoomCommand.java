package org.candor.health.internal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.candor.api.operation.Commands;
import org.candor.api.operation.Platform;
import org.candor.api.operation.Platform.BundleState;
import org.candor.api.operation.Platform.ComponentState;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * {@code room:health}, for rooms that are installed without the server's shell. It is a service with two properties that
 * every Gogo shell takes as a command, so this bundle needs no shell to run. Where the server's shell is, its {@code
 * candor:health} asks the policy who may look, and this command gives way to it. Thread safe.
 */
@Component(
        service = RoomCommand.class,
        property = {
            "osgi.command.scope=room",
            "osgi.command.function=health",
            "osgi.command.description=Shows bundles and components that do not run\\, and what they wait for; all of"
                    + " them with --all."
        })
public final class RoomCommand {

    private static final String ALL = "--all";

    private final Platform.Inventory inventory;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Commands.Shell shell;

    @Activate
    public RoomCommand(@Reference Platform.Inventory inventory) {
        this.inventory = inventory;
    }

    /** Prints to the session that calls, which is where the shell leads the standard output of its thread. */
    public void health(String... arguments) {
        print(System.out, List.of(arguments));
    }

    void print(PrintStream out, List<String> arguments) {
        if (shell != null) {
            out.println(
                    "room:health: the server's shell is here, whose candor:health shows this to those who may see it");
        } else if (arguments.isEmpty() || arguments.equals(List.of(ALL))) {
            lines(inventory.components(), !arguments.isEmpty()).forEach(out::println);
        } else {
            out.println("room:health: unknown arguments " + String.join(" ", arguments) + "; allowed is " + ALL);
        }
    }

    /** A line for each, and one with the counts. */
    static List<String> lines(Platform.Components components, boolean all) {
        List<String> lines = new ArrayList<>();
        int stopped = 0;
        for (BundleState bundle : components.bundles()) {
            boolean stops = !bundle.state().equals("active");
            stopped += stops ? 1 : 0;
            if (all || stops) {
                lines.add(bundle.name() + " " + bundle.version() + " is " + bundle.state()
                        + reasons(": ", bundle.waitsFor()));
            }
        }
        int waiting = 0;
        for (ComponentState component : components.components()) {
            boolean waits = !component.waitsFor().isEmpty();
            waiting += waits ? 1 : 0;
            if (all || waits || !component.without().isEmpty()) {
                lines.add(component.bundle() + " " + component.name() + " is " + component.state()
                        + reasons(": ", component.waitsFor()) + reasons(" without: ", component.without()));
            }
        }
        lines.add(components.bundles().size() + " bundles, " + stopped + " not active; "
                + components.components().size() + " components, " + waiting + " waiting");
        return lines;
    }

    private static String reasons(String before, List<String> reasons) {
        return reasons.isEmpty() ? "" : before + String.join("; ", reasons);
    }
}
