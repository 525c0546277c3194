package org.candor.standby.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandbyTest {

    private static String body(String path) {
        return new String(Standby.reply(path).body(), StandardCharsets.UTF_8);
    }

    @Test
    void theProcessLivesAndIsNotReady() {
        assertEquals(200, Standby.reply("/health/live").status());
        assertEquals(503, Standby.reply("/health/ready").status());
        assertTrue(body("/health/ready").startsWith("{\"ready\":false,"), body("/health/ready"));
    }

    @Test
    void everythingElseIsAnErrorThatClientsRetry() {
        for (String path : new String[] {"/", "/v1/answers", "/health/liveness", "/admin/shell"}) {
            assertEquals(503, Standby.reply(path).status());
            assertTrue(body(path).contains("\"type\":\"service_unavailable\""), body(path));
        }
    }
}
