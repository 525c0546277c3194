package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Documents;
import org.candor.api.retrieval.SearchResult;

/** Questions and searches. */
final class AnswerRoutes {

    private static final int USUAL_LIMIT = 10;
    private static final int MOST_LIMIT = 100;

    private AnswerRoutes() {}

    static void add(Router router, Backends backends, Limits limits) {
        router.add(
                "POST", "/v1/answers", Router.Access.KEY, Router.On.WORKER, limits.json(), (request, caller, path) -> {
                    Members body = Bodies.json(request, "question", "language", "purpose");
                    Answers.Question question = new Answers.Question(
                            body.neededString("question"), body.string("language"), body.string("purpose"));
                    return Response.json(
                            200,
                            Backends.need(backends.answers(), "answer service").answer(caller, question));
                });
        router.add(
                "POST", "/v1/search", Router.Access.KEY, Router.On.WORKER, limits.json(), (request, caller, path) -> {
                    Members body = Bodies.json(request, "query", "language", "purpose", "limit");
                    int limit = body.integer("limit", USUAL_LIMIT);
                    if (limit < 1 || limit > MOST_LIMIT) {
                        throw body.wrong("limit", "1 to " + MOST_LIMIT);
                    }
                    return Response.json(
                            200,
                            found(Backends.need(backends.documents(), "search service")
                                    .search(
                                            caller,
                                            body.neededString("query"),
                                            body.string("language"),
                                            body.string("purpose"),
                                            limit)));
                });
    }

    private static Map<String, Object> found(Documents.Found found) {
        SearchResult result = found.result();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("language", result.language());
        json.put("data", result.hits().stream().map(Views::hit).toList());
        json.put("masked", found.masked());
        json.put("models", result.models().stream().map(Views::use).toList());
        json.put("evidence", Views.evidence(found.evidence()));
        return json;
    }
}
