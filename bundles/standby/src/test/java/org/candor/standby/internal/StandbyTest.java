package org.candor.standby.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletException;
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

    @Test
    void aServletThatWentIsAServerThatIsBeingChanged() {
        Standby.Reply reply = ErrorPage.reply(new ServletException("Servlet has been unregistered"), "/v1/answers");
        assertEquals(503, reply.status());
        assertTrue(new String(reply.body(), StandardCharsets.UTF_8).contains("\"type\":\"service_unavailable\""));
    }

    @Test
    void whatElseAServletThrowsStaysAFailure() {
        for (Object thrown : new Object[] {null, new ServletException("other"), new IllegalStateException()}) {
            Standby.Reply reply = ErrorPage.reply(thrown, "/v1/answers");
            assertEquals(500, reply.status());
            assertTrue(new String(reply.body(), StandardCharsets.UTF_8).contains("\"code\":\"internal_error\""));
        }
    }
}
