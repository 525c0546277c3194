package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Caller;

/**
 * Finds the handler of a request. A pattern is a path whose parts may be {@code {name}} for one part or, last, {@code
 * {name...}} for all that follow. Built once, then immutable and thread safe.
 */
final class Router {

    /** Who may come in; what they may do is the policy's decision. */
    enum Access {
        /** Anybody, of whom nothing is asked. */
        PUBLIC,
        /** Anybody; who has a key or a session is recognised. */
        WELCOME,
        /** Who has a key or a session. */
        KEY,
        /** Who has a key, a session, or a password. */
        ADMIN,
        /** The same, and who has to change a first password. */
        SESSION
    }

    /** Where the handler runs. */
    enum On {
        /** The connection's own thread: quick answers. */
        REQUEST_THREAD,
        /** A thread of the pool: work. */
        WORKER
    }

    /** Answers one request. */
    interface Handler {
        /** @param caller who asks, or null for anybody */
        Response handle(Request request, Caller caller, Map<String, String> path) throws Exception;
    }

    /**
     * @param method in capitals
     * @param pattern split at slashes
     * @param mostBody bytes the body may have; 0 where none is taken
     */
    record Route(String method, List<String> pattern, Access access, On on, int mostBody, Handler handler) {

        /** The pattern as a path. */
        String path() {
            return "/" + String.join("/", pattern);
        }
    }

    /**
     * @param route that was found
     * @param path values of the pattern's names
     */
    record Match(Route route, Map<String, String> path) {}

    private final List<Route> routes = new ArrayList<>();

    /** A route that takes no body. */
    Router add(String method, String pattern, Access access, On on, Handler handler) {
        return add(method, pattern, access, on, 0, handler);
    }

    Router add(String method, String pattern, Access access, On on, int mostBody, Handler handler) {
        routes.add(new Route(method, parts(pattern), access, on, mostBody, handler));
        return this;
    }

    List<Route> routes() {
        return List.copyOf(routes);
    }

    /**
     * @throws ApiError 404, or 405 with {@code Allow}
     */
    Match match(String method, String path) {
        List<String> parts = parts(path);
        Set<String> allowed = new LinkedHashSet<>();
        // HEAD is GET without the body, which the container leaves out.
        String wanted = method.equals("HEAD") ? "GET" : method;
        for (Route route : routes) {
            Map<String, String> values = values(route.pattern(), parts);
            if (values == null) {
                continue;
            }
            if (route.method().equals(wanted)) {
                return new Match(route, values);
            }
            allowed.add(route.method());
        }
        if (allowed.isEmpty()) {
            throw new ApiError(
                    404, "no_such_route", null, "There is no route " + shown(path) + "; docs/api.md lists them.");
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        String methods = String.join(", ", allowed);
        throw new ApiError(405, "method_not_allowed", null, shown(path) + " takes " + methods + ".")
                .header("Allow", methods);
    }

    private static List<String> parts(String path) {
        return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
    }

    private static Map<String, String> values(List<String> pattern, List<String> parts) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < pattern.size(); i++) {
            String part = pattern.get(i);
            if (i >= parts.size()) {
                return null;
            }
            if (part.endsWith("...}")) {
                String rest = String.join("/", parts.subList(i, parts.size()));
                values.put(part.substring(1, part.length() - 4), rest);
                return rest.isEmpty() ? null : values;
            }
            if (part.startsWith("{")) {
                if (parts.get(i).isEmpty()) {
                    return null;
                }
                values.put(part.substring(1, part.length() - 1), parts.get(i));
            } else if (!part.equals(parts.get(i))) {
                return null;
            }
        }
        return pattern.size() == parts.size() ? values : null;
    }

    private static String shown(String path) {
        return path.length() > 100 ? path.substring(0, 100) + "..." : path;
    }
}
