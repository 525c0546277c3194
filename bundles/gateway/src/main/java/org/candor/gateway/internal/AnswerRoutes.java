package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Documents;
import org.candor.api.retrieval.SearchResult;

/** Questions and searches. */
final class AnswerRoutes {

    private static final int USUAL_LIMIT = 10;
    private static final int MOST_LIMIT = 100;

    private final Backends backends;
    private final Workers workers;
    private final Streams streams;

    private AnswerRoutes(Backends backends, Workers workers, Streams streams) {
        this.backends = backends;
        this.workers = workers;
        this.streams = streams;
    }

    static void add(Router router, Backends backends, Limits limits, Workers workers, Streams streams) {
        AnswerRoutes routes = new AnswerRoutes(backends, workers, streams);
        // On the connection's thread: the answer is worked out by a worker, while this one tells of its progress.
        router.add(
                "POST",
                "/v1/answers",
                Router.Access.KEY,
                Router.On.REQUEST_THREAD,
                limits.json(),
                (request, caller, path) -> routes.answer(request, caller));
        router.add(
                "POST",
                "/v1/search",
                Router.Access.KEY,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> routes.search(request, caller));
    }

    private Response answer(Request request, Caller caller) throws Exception {
        Members body = Bodies.json(request, "question", "language", "purpose", "model", "stream");
        Answers.Question question = new Answers.Question(
                body.neededString("question"), body.string("language"), body.string("purpose"), body.string("model"));
        boolean streamed = body.flag("stream", false);
        Answers answers = Backends.need(backends.answers(), "answer service");
        if (streamed) {
            return StreamedAnswer.begin(answers, caller, question, workers, streams);
        }
        return workers.run(() -> {
            Map<String, Object> answer = answers.answer(caller, question, stage -> {});
            return Response.json(200, answer).accounted(account(answer));
        });
    }

    /** What an answer was. */
    @SuppressWarnings("unchecked")
    static Response.Account account(Map<String, Object> answer) {
        return Response.Account.of(
                "ok", (Map<String, Object>) answer.get("leaf"), (Map<String, Object>) answer.get("energy"));
    }

    private Response search(Request request, Caller caller) {
        Members body = Bodies.json(request, "query", "language", "purpose", "limit");
        int limit = body.integer("limit", USUAL_LIMIT);
        if (limit < 1 || limit > MOST_LIMIT) {
            throw body.wrong("limit", "1 to " + MOST_LIMIT);
        }
        Documents.Found found = Backends.need(backends.documents(), "search service")
                .search(caller, body.neededString("query"), body.string("language"), body.string("purpose"), limit);
        SearchResult result = found.result();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("language", result.language());
        json.put("data", result.hits().stream().map(Views::hit).toList());
        json.put("masked", found.masked());
        json.put("models", result.models().stream().map(Views::use).toList());
        json.put("evidence", Views.evidence(found.evidence()));
        return Response.json(200, json).accounted(found.evidence());
    }
}
