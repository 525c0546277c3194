package org.candor.gateway.internal;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidences;
import org.candor.api.transparency.TransparencyLog;

/** The public log, as C2SP tlog-tiles says it is served; and what reads it for people: entries, proofs, consistency. */
final class LogRoutes {

    private static final String BYTES = "application/octet-stream";
    private static final String FOR_EVER = "public, max-age=31536000, immutable";
    private static final int USUAL_COUNT = 50;

    private final Backends backends;

    private LogRoutes(Backends backends) {
        this.backends = backends;
    }

    static void add(Router router, Backends backends) {
        LogRoutes routes = new LogRoutes(backends);
        router.add(
                "GET",
                "/v1/log/checkpoint",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> Response.text(200, routes.log().checkpoint()));
        router.add(
                "GET",
                "/v1/log/key",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> Response.text(200, routes.log().verifierKey() + "\n"));
        router.add(
                "GET",
                "/v1/log/entries",
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> routes.entries(request, caller));
        router.add(
                "GET",
                "/v1/log/consistency",
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> routes.consistency(request, caller));
        router.add(
                "GET",
                "/v1/proofs/{id}",
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> routes.proof(caller, path.get("id")));
        router.add(
                "GET",
                "/v1/log/{resource...}",
                Router.Access.PUBLIC,
                Router.On.REQUEST_THREAD,
                (request, caller, path) -> routes.tile(path.get("resource")));
    }

    private TransparencyLog log() {
        return Backends.need(backends.log(), "transparency log");
    }

    private Evidences evidences() {
        return Backends.need(backends.evidences(), "governor");
    }

    private Response tile(String resource) {
        if (!resource.startsWith("tile/")) {
            throw notFound();
        }
        byte[] bytes = log().resource(resource).orElseThrow(LogRoutes::notFound);
        return Response.bytes(200, BYTES, bytes).with("Cache-Control", FOR_EVER);
    }

    private Response entries(Request request, Caller caller) {
        Map<String, String> parameters = known(request, "start", "count");
        long count = whole(parameters, "count", USUAL_COUNT);
        if (count < 1 || count > Evidences.MOST_ENTRIES) {
            throw ApiError.invalid("invalid_value", "count", "count must be 1 to " + Evidences.MOST_ENTRIES + ".");
        }
        Evidences.Page page = evidences().entries(caller, whole(parameters, "start", 0), (int) count);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("size", page.size());
        json.put(
                "data",
                page.entries().stream()
                        .map(entry -> {
                            Map<String, Object> item = new LinkedHashMap<>();
                            item.put("index", entry.index());
                            item.put("leaf", entry.leaf());
                            return item;
                        })
                        .toList());
        return Response.json(200, json);
    }

    private Response consistency(Request request, Caller caller) {
        Map<String, String> parameters = known(request, "from", "to");
        long from = whole(parameters, "from", -1);
        if (from < 0) {
            throw ApiError.invalid("missing_required_parameter", "from", "Query parameter from is missing.");
        }
        Evidences.Consistency found = evidences().consistency(caller, from, whole(parameters, "to", -1));
        List<String> hashes =
                found.hashes().stream().map(Base64.getEncoder()::encodeToString).toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("from", found.from());
        json.put("to", found.to());
        json.put("hashes", hashes);
        return Response.json(200, json);
    }

    private Response proof(Caller caller, String id) {
        Evidences.Proof proof = evidences().proof(caller, id);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("index", proof.index());
        json.put("size", proof.size());
        json.put("leaf", proof.leaf());
        json.put("proof", proof.proof());
        return Response.json(200, json);
    }

    private static Map<String, String> known(Request request, String... names) {
        Map<String, String> parameters = request.parameters();
        for (String name : parameters.keySet()) {
            if (!List.of(names).contains(name)) {
                throw ApiError.invalid(
                        "unknown_parameter", name, "Query parameter \"" + name + "\" is not known here.");
            }
        }
        return parameters;
    }

    private static long whole(Map<String, String> parameters, String name, long fallback) {
        String text = parameters.get(name);
        if (text == null) {
            return fallback;
        }
        if (!text.matches("[0-9]{1,15}")) {
            throw ApiError.invalid("invalid_value", name, name + " must be a whole number.");
        }
        return Long.parseLong(text);
    }

    private static ApiError notFound() {
        return new ApiError(404, "no_such_tile", null, "The log has no such tile or entry bundle.");
    }
}
