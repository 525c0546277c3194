package org.candor.console.internal;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.osgi.service.component.annotations.Component;

/** Leads browsers from {@code /} to the console. A filter, since the API's own pattern takes every path that is left; the whiteboard may call the root an empty path. */
@Component(service = Filter.class, property = "osgi.http.whiteboard.filter.regex=/?")
public final class RootRedirect implements Filter {

    @Override
    public void doFilter(ServletRequest from, ServletResponse to, FilterChain rest)
            throws IOException, ServletException {
        if (from instanceof HttpServletRequest request
                && to instanceof HttpServletResponse response
                && request.getRequestURI().equals("/")
                && request.getMethod().equals("GET")
                && ConsoleServlet.accepts(request, "Accept", "text/html")) {
            response.setHeader("Location", ConsoleServlet.HOME);
            response.setHeader("Vary", "Accept");
            response.setStatus(HttpServletResponse.SC_FOUND);
        } else {
            rest.doFilter(from, to);
        }
    }
}
