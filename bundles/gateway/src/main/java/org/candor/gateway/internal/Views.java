package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelRevision;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.Platform;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.Hit;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.ModelUse;

/** Values of the contracts as the API shows them. */
final class Views {

    private Views() {}

    static Map<String, Object> evidence(Evidence evidence) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", evidence.id());
        json.put("policy", evidence.policy());
        json.put("energy", evidence.energy());
        json.put("leaf", evidence.leaf());
        json.put("openings", evidence.openings());
        json.put("proof", evidence.proof());
        return json;
    }

    static Map<String, Object> document(DocumentInfo document) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("document", document.document());
        json.put("version", document.version());
        json.put("title", document.title());
        json.put("language", document.language());
        json.put("owner", document.owner());
        json.put("subjects", new TreeSet<>(document.subjects()));
        json.put("purposes", new TreeSet<>(document.purposes()));
        json.put("roles", new TreeSet<>(document.roles()));
        json.put("licence", document.licence());
        json.put("bytes", document.bytes());
        json.put("characters", document.characters());
        json.put("indexed", document.indexed().toString());
        return json;
    }

    static Map<String, Object> library(LibraryStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("library", status.folder());
        json.put("state", status.state());
        json.put("done", status.done());
        json.put("total", status.total());
        json.put("secondsLeft", finite(status.secondsLeft()));
        json.put("documents", status.documents());
        json.put("passages", status.passages());
        json.put("unread", status.problems().size());
        json.put("problems", status.problems());
        json.put("encoders", status.encoders());
        return json;
    }

    static Map<String, Object> permission(Platform.Permission permission) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("permitted", permission.permitted());
        if (permission.permitted()) {
            json.put("obligations", permission.obligations());
        } else {
            json.put("code", permission.code());
            json.put("messages", new TreeMap<>(permission.messages()));
        }
        return json;
    }

    static Map<String, Object> hit(Hit hit) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("document", hit.document().document());
        json.put("version", hit.document().version());
        json.put("title", hit.document().title());
        json.put("start", hit.start());
        json.put("end", hit.end());
        json.put("text", hit.text());
        json.put("score", finite(hit.score()));
        json.put("lexical", finite(hit.lexical()));
        json.put("vector", finite(hit.vector()));
        return json;
    }

    static Map<String, Object> model(ModelId id) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", id.name());
        json.put("version", id.version());
        json.put("digest", id.digest());
        return json;
    }

    static Map<String, Object> use(ModelUse use) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("role", use.role());
        json.putAll(model(use.model()));
        return json;
    }

    static Map<String, Object> revision(ModelRevision revision) {
        Map<String, Object> json = model(revision.id());
        json.put("family", revision.family());
        json.put("base", revision.base() == null ? null : model(revision.base()));
        json.put("tasks", new TreeSet<>(revision.tasks()));
        json.put("state", revision.state().name().toLowerCase(Locale.ROOT));
        json.put("reason", revision.reason());
        json.put("leases", revision.leases());
        return json;
    }

    static Map<String, Object> activation(Activation activation) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("route", activation.route());
        json.putAll(model(activation.model()));
        json.put("actor", activation.actor());
        json.put("reason", activation.reason());
        json.put("time", activation.time().toString());
        return json;
    }

    static Map<String, Object> record(ConsentRecord entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("epoch", entry.epoch());
        json.put("tenant", entry.tenant());
        json.put("subject", entry.subject());
        json.put("purpose", entry.purpose());
        json.put("state", entry.state().name().toLowerCase(Locale.ROOT));
        json.put("actor", entry.actor());
        json.put("reason", entry.reason());
        json.put("time", entry.time().toString());
        return json;
    }

    /** @param inspected with what each check says, and not only whether it is ready */
    static List<Map<String, Object>> checks(List<Platform.Check> checks, boolean inspected) {
        return checks.stream()
                .map(check -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("name", check.name());
                    json.put("ready", check.ready());
                    if (inspected) {
                        json.put("attention", check.attention());
                        json.put("detail", check.detail());
                    }
                    return json;
                })
                .toList();
    }

    private static Object finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
