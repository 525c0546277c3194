package org.candor.gateway.internal;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Evidence;
import org.candor.api.retrieval.DocumentMetadata;

/** The library. */
final class DocumentRoutes {

    private static final String DOCUMENT = "document";
    private static final String CONTENT = "content";
    private static final String CONTENT_BASE64 = "contentBase64";
    private static final Set<String> METADATA =
            Set.of("title", "language", "owner", "subjects", "purposes", "roles", "licence");

    private final Backends backends;
    private final Limits limits;

    private DocumentRoutes(Backends backends, Limits limits) {
        this.backends = backends;
        this.limits = limits;
    }

    static void add(Router router, Backends backends, Limits limits) {
        DocumentRoutes routes = new DocumentRoutes(backends, limits);
        String all = "/v1/documents";
        String one = "/v1/documents/{document...}";
        router.add("GET", all, Router.Access.KEY, Router.On.WORKER, (request, caller, path) -> routes.list(caller));
        router.add(
                "POST",
                all,
                Router.Access.KEY,
                Router.On.WORKER,
                limits.jsonWithDocument(),
                (request, caller, path) -> routes.post(request, caller));
        router.add(
                "GET",
                one,
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> routes.read(request, caller, path.get(DOCUMENT)));
        router.add(
                "PUT",
                one,
                Router.Access.KEY,
                Router.On.WORKER,
                limits.document(),
                (request, caller, path) -> routes.put(request, caller, path.get(DOCUMENT)));
        router.add(
                "DELETE",
                one,
                Router.Access.KEY,
                Router.On.WORKER,
                (request, caller, path) -> routes.delete(caller, path.get(DOCUMENT)));
    }

    private Documents documents() {
        return Backends.need(backends.documents(), "document service");
    }

    private Response list(Caller caller) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", documents().list(caller).stream().map(Views::document).toList());
        json.put("status", Views.library(documents().status(caller)));
        return Response.json(200, json);
    }

    /** What is known of a document, with {@code text=1} its extracted text as well. */
    private Response read(Request request, Caller caller, String document) {
        Map<String, String> parameters = request.parameters();
        for (String name : parameters.keySet()) {
            if (!name.equals("text")) {
                throw ApiError.invalid(
                        "unknown_parameter", name, "Query parameter \"" + name + "\" is not known here.");
            }
        }
        Documents.Text read = documents().read(caller, document);
        Map<String, Object> json = new LinkedHashMap<>(Views.document(read.document()));
        if ("1".equals(parameters.get("text"))) {
            json.put("text", read.text());
            json.put("masked", read.masked());
        }
        json.put("evidence", Views.evidence(read.evidence()));
        return Response.json(200, json).accounted(read.evidence());
    }

    private Response post(Request request, Caller caller) {
        Members body = Bodies.json(request, "library", DOCUMENT, CONTENT, CONTENT_BASE64, "file", "metadata");
        if (body.has("library")) {
            alone(body, "library", DOCUMENT, CONTENT, CONTENT_BASE64, "file", "metadata");
            return mirror(caller, absolute("library", body.string("library")));
        }
        DocumentMetadata metadata = metadata(body);
        if (body.has("file")) {
            alone(body, "file", CONTENT, CONTENT_BASE64);
            return fromFile(body, caller, metadata);
        }
        if (body.has(CONTENT) == body.has(CONTENT_BASE64)) {
            throw ApiError.invalid(
                    "missing_required_parameter",
                    CONTENT,
                    "Give \"library\", \"file\", or \"document\" with one of \"content\" and \"contentBase64\".");
        }
        byte[] content = body.has(CONTENT) ? body.string(CONTENT).getBytes(StandardCharsets.UTF_8) : base64(body);
        if (content.length > limits.document()) {
            throw new ApiError(
                    413,
                    "body_too_large",
                    CONTENT,
                    "The document is larger than the " + limits.document() + " bytes allowed.");
        }
        return added(documents().add(caller, body.neededString(DOCUMENT), content, metadata));
    }

    private static void alone(Members body, String name, String... others) {
        for (String other : others) {
            if (body.has(other)) {
                throw ApiError.invalid(
                        "invalid_value", other, "Member \"" + other + "\" does not go with \"" + name + "\".");
            }
        }
    }

    private Response mirror(Caller caller, Path folder) {
        Evidence evidence = documents().mirror(caller, folder);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("status", Views.library(documents().status(caller)));
        json.put("evidence", Views.evidence(evidence));
        return Response.json(202, json).accounted(evidence);
    }

    private Response fromFile(Members body, Caller caller, DocumentMetadata metadata) {
        Path file = absolute("file", body.string("file"));
        return added(documents().addFile(caller, body.string(DOCUMENT), file, metadata));
    }

    private Response put(Request request, Caller caller, String document) {
        Map<String, String> parameters = request.parameters();
        for (String name : parameters.keySet()) {
            if (!METADATA.contains(name)) {
                throw ApiError.invalid(
                        "unknown_parameter", name, "Query parameter \"" + name + "\" is not known here.");
            }
        }
        DocumentMetadata metadata = new DocumentMetadata(
                parameters.get("title"),
                language(parameters.get("language")),
                parameters.get("owner"),
                commaSeparated(parameters.get("subjects")),
                commaSeparated(parameters.get("purposes")),
                commaSeparated(parameters.get("roles")),
                parameters.get("licence"));
        return added(documents().add(caller, document, request.body(), metadata));
    }

    private Response delete(Caller caller, String document) {
        Evidence evidence = documents().delete(caller, document);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(DOCUMENT, document);
        json.put("deleted", true);
        json.put("evidence", Views.evidence(evidence));
        return Response.json(200, json).accounted(evidence);
    }

    private static Response added(Documents.Added added) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(DOCUMENT, Views.document(added.document()));
        json.put("evidence", Views.evidence(added.evidence()));
        return Response.json(201, json).accounted(added.evidence());
    }

    private static DocumentMetadata metadata(Members body) {
        Members given = body.object("metadata", METADATA.stream().sorted().toArray(String[]::new));
        if (given == null) {
            return DocumentMetadata.NONE;
        }
        return new DocumentMetadata(
                given.string("title"),
                language(given.string("language")),
                given.string("owner"),
                given.strings("subjects"),
                given.strings("purposes"),
                given.strings("roles"),
                given.string("licence"));
    }

    private static String language(String language) {
        if (language != null && !language.equals("en") && !language.equals("zh")) {
            throw ApiError.invalid("invalid_value", "language", "\"language\" must be \"en\" or \"zh\".");
        }
        return language;
    }

    private static Set<String> commaSeparated(String text) {
        if (text == null) {
            return null;
        }
        Set<String> result = new LinkedHashSet<>();
        for (String part : text.split(",")) {
            if (!part.isBlank()) {
                result.add(part.strip());
            }
        }
        return result;
    }

    private static Path absolute(String name, String text) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path.normalize();
            }
        } catch (InvalidPathException e) {
            throw ApiError.invalid("invalid_value", name, "Member \"" + name + "\" is no path: " + e.getReason() + ".");
        }
        throw ApiError.invalid(
                "invalid_value", name, "Member \"" + name + "\" must be an absolute path on the server.");
    }

    private static byte[] base64(Members body) {
        try {
            return Base64.getDecoder().decode(body.string(CONTENT_BASE64));
        } catch (IllegalArgumentException e) {
            throw body.wrong(CONTENT_BASE64, "base64");
        }
    }
}
