package org.candor.health.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.candor.api.operation.Platform.BundleState;
import org.candor.api.operation.Platform.ComponentState;
import org.candor.api.operation.Platform.Components;
import org.junit.jupiter.api.Test;

class RoomCommandTest {

    private static final Components COMPONENTS = new Components(
            List.of(
                    new BundleState("org.candor.api", "1.0.0", "active", List.of(), null),
                    new BundleState(
                            "org.example.notes",
                            "2.0.0",
                            "installed",
                            List.of("package a.b, which no bundle offers"),
                            null)),
            List.of(
                    new ComponentState("Energy", "org.candor.energy", "active", List.of(), List.of(), ""),
                    new ComponentState(
                            "Loader",
                            "org.candor.transformer",
                            "unsatisfied",
                            List.of("service a", "service b"),
                            List.of(),
                            ""),
                    new ComponentState("View", "org.candor.governor", "active", List.of(), List.of("service c"), "")));

    private final RoomCommand command = new RoomCommand(() -> COMPONENTS);

    private List<String> printed(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        command.print(new PrintStream(out, true, StandardCharsets.UTF_8), List.of(arguments));
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void whatDoesNotRunIsListedWithEverythingItWaitsFor() {
        assertEquals(
                List.of(
                        "org.example.notes 2.0.0 is installed: package a.b, which no bundle offers",
                        "org.candor.transformer Loader is unsatisfied: service a; service b",
                        "org.candor.governor View is active without: service c",
                        "2 bundles, 1 not active; 3 components, 1 waiting"),
                printed());
    }

    @Test
    void allMeansWhatRunsToo() {
        List<String> all = printed("--all");
        assertEquals(6, all.size(), all.toString());
        assertTrue(all.contains("org.candor.api 1.0.0 is active"), all.toString());
        assertTrue(all.contains("org.candor.energy Energy is active"), all.toString());
    }

    @Test
    void anUnknownArgumentIsNamedWithWhatIsAllowed() {
        assertEquals(List.of("room:health: unknown arguments --al; allowed is --all"), printed("--al"));
    }

    @Test
    void whereTheServersShellIsItGivesWayToTheCommandThatAsksWhoMay() {
        command.shell = (caller, line) -> {
            throw new AssertionError("nobody called it");
        };
        List<String> refused = printed("--all");
        assertEquals(1, refused.size());
        assertTrue(refused.getFirst().contains("candor:health"), refused.getFirst());
        command.shell = null;
        assertEquals(4, printed().size(), "when it has gone again");
    }
}
