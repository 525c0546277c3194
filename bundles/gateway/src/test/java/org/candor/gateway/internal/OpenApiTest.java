package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server says of its API, and what it serves, are the same. A validator of the format runs in the itests. */
class OpenApiTest {

    @TempDir
    Path home;

    private final Map<String, Object> document = JsonText.readObject(OpenApiRoutes.document());

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    /** Its security by {@code METHOD path}. */
    private Map<String, Set<String>> described() {
        Map<String, Set<String>> described = new TreeMap<>();
        map(document.get("paths")).forEach((path, methods) -> map(methods).forEach((method, operation) -> {
            Set<String> schemes = new TreeSet<>();
            for (Object each : (List<?>) map(operation).get("security")) {
                schemes.addAll(map(each).keySet());
            }
            described.put(method.toUpperCase(Locale.ROOT) + " " + path, schemes);
        }));
        return described;
    }

    @Test
    void everyRouteIsDescribedAndNothingElse() throws IOException {
        try (Server server = new Server(home)) {
            Map<String, Set<String>> served = new TreeMap<>();
            for (Router.Route route : server.gateway.router.routes()) {
                Set<String> schemes =
                        switch (route.access()) {
                            case PUBLIC -> Set.of();
                            case KEY, WELCOME -> Set.of("key", "session");
                            case ADMIN, SESSION -> Set.of("key", "password", "session");
                        };
                served.put(route.method() + " " + route.path().replace("...}", "}"), schemes);
            }
            assertEquals(served, described());
        }
    }

    @Test
    void pathsWithNamesDeclareThemAndBodiesAreTakenWhereTheyAreDescribed() throws IOException {
        try (Server server = new Server(home)) {
            for (Router.Route route : server.gateway.router.routes()) {
                String path = route.path().replace("...}", "}");
                Map<String, Object> operation =
                        map(map(map(document.get("paths")).get(path))
                                .get(route.method().toLowerCase(Locale.ROOT)));
                List<String> named = new ArrayList<>();
                if (operation.get("parameters") instanceof List<?> parameters) {
                    for (Object parameter : parameters) {
                        if ("path".equals(map(parameter).get("in"))) {
                            named.add((String) map(parameter).get("name"));
                        }
                    }
                }
                List<String> wanted = route.pattern().stream()
                        .filter(part -> part.startsWith("{"))
                        .map(part -> part.replaceAll("[{}.]", ""))
                        .toList();
                assertEquals(wanted, named, route.path());
                assertEquals(route.mostBody() > 0, operation.containsKey("requestBody"), route.method() + path);
            }
        }
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryIdIsUnique() {
        Set<String> ids = new TreeSet<>();
        map(document.get("paths")).values().forEach(methods -> map(methods)
                .values()
                .forEach(operation ->
                        assertTrue(ids.add((String) map(operation).get("operationId")), operation::toString)));
        resolve(document);
    }

    private void resolve(Object value) {
        if (value instanceof List<?> list) {
            list.forEach(this::resolve);
        }
        if (value instanceof Map<?, ?> members) {
            if (members.get("$ref") instanceof String reference) {
                Object target = document;
                for (String part : reference.substring("#/".length()).split("/")) {
                    target = map(target).get(part);
                    assertNotNull(target, reference);
                }
            }
            members.values().forEach(this::resolve);
        }
    }

    @Test
    void anybodyMayReadIt() throws IOException {
        try (Server server = new Server(home)) {
            assertEquals(
                    document,
                    server.call("GET", "/openapi.json", null, Map.of()).json());
        }
    }
}
