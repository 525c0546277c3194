package org.candor.gateway.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelTransition;
import org.candor.api.model.SelfTestResult;
import org.candor.api.model.StoreUsage;
import org.candor.api.operation.Models;

/** Models as administrators see them. */
final class ModelViews {

    private ModelViews() {}

    static Map<String, Object> overview(Models.Overview overview) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (overview.store() == null) {
            json.put(
                    "revisions",
                    overview.revisions().stream().map(ModelViews::named).toList());
            return json;
        }
        json.put("routes", overview.routes().stream().map(ModelViews::route).toList());
        json.put(
                "revisions",
                overview.revisions().stream().map(ModelViews::revision).toList());
        json.put("store", store(overview.store()));
        return json;
    }

    /** What everybody may know. */
    private static Map<String, Object> named(ModelRevision revision) {
        Map<String, Object> json = Views.model(revision.id());
        json.put("state", revision.state().name().toLowerCase(Locale.ROOT));
        json.put("base", revision.base() == null ? null : Views.model(revision.base()));
        return json;
    }

    private static Map<String, Object> route(Models.Route route) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("route", route.name());
        json.put("task", route.task());
        json.put("serves", route.waitsFor().isEmpty());
        json.put("waitsFor", route.waitsFor());
        json.put("active", route.active() == null ? null : Views.activation(route.active()));
        json.put("previous", route.previous() == null ? null : Views.model(route.previous()));
        json.put("history", route.history().stream().map(Views::activation).toList());
        return json;
    }

    static Map<String, Object> revision(ModelRevision revision) {
        Map<String, Object> json = Views.revision(revision);
        json.put("origin", revision.origin());
        json.put("trust", revision.trust());
        json.put("bytes", revision.storeBytes());
        json.put("memoryBytes", revision.memoryBytes());
        json.put("selfTest", revision.selfTest() == null ? null : selfTest(revision.selfTest()));
        json.put("card", revision.card());
        json.put("life", revision.life().stream().map(ModelViews::step).toList());
        return json;
    }

    private static Map<String, Object> selfTest(SelfTestResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("passed", result.passed());
        json.put("cases", result.cases());
        json.put("tolerance", result.tolerance());
        json.put("worst", Double.isFinite(result.worst()) ? result.worst() : null);
        json.put("leastCosine", Double.isFinite(result.leastCosine()) ? result.leastCosine() : null);
        json.put("millis", result.millis());
        json.put("time", result.time().toString());
        return json;
    }

    private static Map<String, Object> step(ModelTransition step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("time", step.time().toString());
        json.put("state", step.removed() ? "removed" : step.state().name().toLowerCase(Locale.ROOT));
        json.put("actor", step.actor());
        json.put("reason", step.reason());
        return json;
    }

    private static Map<String, Object> store(StoreUsage store) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("bytes", store.bytes());
        json.put("limit", store.limit());
        json.put("free", store.free());
        List<Map<String, Object>> entries = store.entries().stream()
                .map(entry -> {
                    Map<String, Object> line = Views.model(entry.model());
                    line.put("bytes", entry.bytes());
                    line.put("shared", entry.shared());
                    return line;
                })
                .toList();
        json.put("data", entries);
        return json;
    }
}
