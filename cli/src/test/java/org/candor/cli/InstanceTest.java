package org.candor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceTest {

    private static final LocalDateTime START = LocalDateTime.of(2026, 11, 23, 22, 30);

    @TempDir
    Path home;

    private Instance instance;

    @BeforeEach
    void logs() throws IOException {
        instance = new Instance(home, 1, home);
        Files.createDirectories(home.resolve("logs"));
        Files.writeString(home.resolve("logs/console.log"), "WARNING: Using incubator modules\nno memory\n");
        Files.writeString(instance.log(), """
                2026-11-23T22:21:11,066 ERROR o.c.Old [main] of the run before
                2026-11-23T22:30:01,000 INFO  o.c.New [main] fine
                2026-11-23T22:30:02,000 ERROR o.c.New [main] disk full
                \tat somewhere ERROR else
                """);
    }

    @Test
    void aFailedStartIsExplainedByItsOwnErrorsOnly() {
        assertEquals(List.of("2026-11-23T22:30:02,000 ERROR o.c.New [main] disk full"), instance.complaints(START, 3));
    }

    @Test
    void withoutErrorsTheConsoleSpeaks() {
        assertEquals(List.of("no memory"), instance.complaints(START.plusHours(1), 3));
    }

    @Test
    void aHomeWithoutAServerIsNoMystery() {
        Failure failure = assertThrows(Failure.class, instance::pid);
        assertEquals("no server runs in " + home + ": ./candor start", failure.getMessage());
    }
}
