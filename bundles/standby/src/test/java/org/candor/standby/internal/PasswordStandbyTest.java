package org.candor.standby.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PasswordStandbyTest {

    private int offers;
    private int open;

    private final PasswordStandby standby = new PasswordStandby(() -> {
        offers++;
        open++;
        return () -> open--;
    });

    @Test
    void aRefusalTakesThePlaceOfTheServiceThatHasGoneAndGivesItBack() {
        assertEquals(0, offers, "at a start the service may yet come");
        standby.came(null);
        assertEquals(0, open);
        standby.gone(null);
        assertEquals(1, open);
        standby.came(null);
        assertEquals(0, open);
        standby.came(null);
        standby.gone(null);
        assertEquals(0, open, "another one still checks");
        standby.gone(null);
        assertEquals(1, open);
        standby.close();
        standby.close();
        assertEquals(0, open);
        assertEquals(2, offers);
    }

    @Test
    void nothingIsOfferedByWhatHasStopped() {
        standby.came(null);
        standby.close();
        standby.gone(null);
        assertEquals(0, offers);
    }

    @Test
    void aRefusalChecksNothing() {
        assertNull(PasswordStandby.refuse(Map.of("iterations", "210000")));
    }
}
