package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Consents;
import org.candor.api.retrieval.DocumentInfo;

/** The consent register. */
final class ConsentRoutes {

    private final Backends backends;

    private ConsentRoutes(Backends backends) {
        this.backends = backends;
    }

    static void add(Router router, Backends backends, Limits limits) {
        ConsentRoutes routes = new ConsentRoutes(backends);
        router.add(
                "POST",
                "/admin/consent/grant",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> {
                    Members body = Bodies.json(request, "subject", "purpose", "reason");
                    return changed(routes.consents()
                            .grant(
                                    caller,
                                    body.neededString("subject"),
                                    body.string("purpose"),
                                    body.string("reason")));
                });
        router.add(
                "POST",
                "/admin/consent/withdraw",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> {
                    Members body = Bodies.json(request, "subject", "purpose", "reason");
                    return changed(routes.consents()
                            .withdraw(
                                    caller,
                                    body.neededString("subject"),
                                    body.string("purpose"),
                                    body.string("reason")));
                });
        router.add(
                "POST",
                "/admin/consent/erase",
                Router.Access.ADMIN,
                Router.On.WORKER,
                limits.json(),
                (request, caller, path) -> {
                    Members body = Bodies.json(request, "subject", "reason");
                    return changed(
                            routes.consents().erase(caller, body.neededString("subject"), body.string("reason")));
                });
        router.add(
                "GET",
                "/admin/consent",
                Router.Access.ADMIN,
                Router.On.WORKER,
                (request, caller, path) -> routes.list(request, caller));
        router.add(
                "GET",
                "/admin/consent/preview",
                Router.Access.ADMIN,
                Router.On.WORKER,
                (request, caller, path) -> routes.preview(request, caller));
    }

    private Consents consents() {
        return Backends.need(backends.consents(), "consent service");
    }

    private Response list(Request request, Caller caller) {
        String subject = request.parameters().get("subject");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        if (subject == null) {
            json.put("subjects", consents().subjects(caller));
        } else {
            json.put(
                    "data",
                    consents().records(caller, subject).stream()
                            .map(Views::record)
                            .toList());
        }
        return Response.json(200, json);
    }

    private Response preview(Request request, Caller caller) {
        String subject = request.parameters().get("subject");
        if (subject == null) {
            throw ApiError.invalid("missing_required_parameter", "subject", "Query parameter subject is missing.");
        }
        Consents.Preview preview = consents().preview(caller, subject);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("subject", subject);
        json.put(
                "documents",
                preview.documents() == null
                        ? null
                        : preview.documents().stream().map(Views::document).toList());
        json.put("records", preview.records());
        json.put("key", preview.key());
        json.put("answersKeepProof", true);
        return Response.json(200, json);
    }

    private static Response changed(Consents.Change change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("record", Views.record(change.entry()));
        json.put(
                "documents",
                change.documents() == null
                        ? null
                        : change.documents().stream()
                                .map(DocumentInfo::document)
                                .toList());
        json.put("evidence", Views.evidence(change.evidence()));
        return Response.json(200, json).accounted(change.evidence());
    }
}
