package org.candor.standby.internal;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletErrorPage;

/**
 * What a servlet throws, as an error in JSON and not as Jetty's page. Felix finds the servlet for a request first and calls it
 * then; one that is unregistered between the two ends in a ServletException and status 500 (ServletHandler of
 * org.apache.felix.http.jetty12 1.1.8), though it is a server that is being changed. Thread safe.
 */
@Component(service = Servlet.class)
@HttpWhiteboardServletErrorPage(errorPage = "500")
public final class ErrorPage extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Felix's words; it has no type of its own for this. */
    private static final String UNREGISTERED = "Servlet has been unregistered";

    private static final Standby.Reply FAILED = new Standby.Reply(
            HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
            ("{\"error\":{\"message\":\"The server failed to answer this request; its log says why.\","
                            + "\"type\":\"server_error\",\"param\":null,\"code\":\"internal_error\"}}")
                    .getBytes(StandardCharsets.UTF_8));

    /**
     * What is answered where a servlet failed.
     *
     * @param thrown by it, or null
     * @param path of the request
     */
    static Standby.Reply reply(Object thrown, String path) {
        return thrown instanceof ServletException exception && UNREGISTERED.equals(exception.getMessage())
                ? Standby.reply(path)
                : FAILED;
    }

    @Override
    protected void service(HttpServletRequest from, HttpServletResponse to) throws IOException {
        Standby.write(
                reply(from.getAttribute(RequestDispatcher.ERROR_EXCEPTION), (String)
                        from.getAttribute(RequestDispatcher.ERROR_REQUEST_URI)),
                from.getMethod(),
                to);
    }
}
