package org.candor.health.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecoveryTest {

    private static final Recovery.Key LOG = new Recovery.Key(7, "log");
    private static final Recovery.Key REGISTER = new Recovery.Key(8, "register");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Recovery recovery = new Recovery();

    private static Recovery.Seen failed(Recovery.Key key, String value) {
        return new Recovery.Seen(key, true, false, Map.of("key", value));
    }

    private static Recovery.Seen running(Recovery.Key key) {
        return new Recovery.Seen(key, false, true, Map.of("key", "right"));
    }

    private List<Recovery.Key> due(long seconds, Recovery.Seen... seen) {
        return recovery.due(List.of(seen), START.plusSeconds(seconds));
    }

    @Test
    void whatNeverFailedIsLeftAlone() {
        assertEquals(List.of(), due(0, running(LOG), running(REGISTER)));
        assertEquals(List.of(), due(1, running(LOG), running(REGISTER)));
    }

    @Test
    void whatStaysBrokenIsTriedAgainEverMoreSeldom() {
        List<Long> tried = new ArrayList<>();
        for (long second = 0; second <= 1000; second++) {
            if (!due(second, failed(LOG, "wrong"), running(REGISTER)).isEmpty()) {
                tried.add(second);
            }
        }
        assertEquals(List.of(5L, 15L, 35L, 75L, 155L, 315L, 615L, 915L), tried);
        assertEquals(Duration.ofSeconds(300), Recovery.LONGEST);
    }

    @Test
    void anotherConfigurationIsTriedAtOnceAndBeginsAnew() {
        due(0, failed(LOG, "wrong"));
        due(5, failed(LOG, "wrong"));
        assertEquals(List.of(LOG), due(6, failed(LOG, "wrong, too")));
        assertEquals(List.of(), due(10, failed(LOG, "wrong, too")));
        assertEquals(List.of(LOG), due(11, failed(LOG, "wrong, too")));
    }

    @Test
    void whatWorksAgainByItselfIsMadeAnewOnce() {
        due(0, failed(LOG, "wrong"), running(REGISTER));
        assertEquals(List.of(LOG), due(1, running(LOG), running(REGISTER)));
        assertEquals(List.of(), due(2, running(LOG), running(REGISTER)));
    }

    @Test
    void whatWorksSinceItWasMadeAnewIsNotMadeAnewAgain() {
        due(0, failed(LOG, "wrong"));
        assertEquals(List.of(LOG), due(5, failed(LOG, "wrong")));
        recovery.works(LOG);
        assertEquals(List.of(), due(6, running(LOG)));
    }

    /** Without its service nobody can be bound to nothing: whoever wants it is told when it comes. */
    @Test
    void whatGoesAwayOrWaitsForAnotherIsForgotten() {
        due(0, failed(LOG, "wrong"), failed(REGISTER, "wrong"));
        assertEquals(List.of(), due(1, new Recovery.Seen(LOG, false, false, Map.of())));
        assertEquals(List.of(), due(2, running(LOG), running(REGISTER)));
    }
}
