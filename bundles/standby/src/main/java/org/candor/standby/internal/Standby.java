package org.candor.standby.internal;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.propertytypes.ServiceRanking;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** Says that the server is there and the gateway is not. Thread safe. */
@Component(service = Servlet.class)
@HttpWhiteboardServletPattern("/*")
@ServiceRanking(Integer.MIN_VALUE)
public final class Standby extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String REASON =
            "The gateway is not running: the server is starting, stopping or being changed.";

    private static final byte[] REFUSAL = ("{\"error\":{\"message\":\"" + REASON
                    + " Try again shortly.\",\"type\":\"service_unavailable\",\"param\":null,\"code\":\"starting\"}}")
            .getBytes(StandardCharsets.UTF_8);

    private static final byte[] NOT_READY =
            ("{\"ready\":false,\"checks\":[{\"name\":\"http\",\"ready\":false,\"detail\":\"" + REASON + "\"}]}")
                    .getBytes(StandardCharsets.UTF_8);

    private static final byte[] LIVE = "{\"live\":true}".getBytes(StandardCharsets.UTF_8);

    /**
     * What is answered to a request for a path.
     *
     * @param status of HTTP
     * @param body JSON
     */
    record Reply(int status, byte[] body) {}

    private final transient Door door;

    @Activate
    public Standby(@Reference Door door) {
        this.door = door;
    }

    static Reply reply(String path) {
        return switch (path) {
            case "/health/live" -> new Reply(HttpServletResponse.SC_OK, LIVE);
            case "/health/ready" -> new Reply(HttpServletResponse.SC_SERVICE_UNAVAILABLE, NOT_READY);
            default -> new Reply(HttpServletResponse.SC_SERVICE_UNAVAILABLE, REFUSAL);
        };
    }

    @Override
    protected void service(HttpServletRequest from, HttpServletResponse to) throws IOException {
        door.cameThrough(from);
        write(reply(from.getRequestURI()), from.getMethod(), to);
    }

    static void write(Reply reply, String method, HttpServletResponse to) throws IOException {
        to.setStatus(reply.status());
        to.setContentType("application/json; charset=utf-8");
        to.setHeader("Cache-Control", "no-store");
        to.setHeader("X-Content-Type-Options", "nosniff");
        if (reply.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            to.setHeader("Retry-After", "1");
        }
        to.setContentLength(reply.body().length);
        if (!method.equals("HEAD")) {
            to.getOutputStream().write(reply.body());
        }
    }
}
