package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.consent.ConsentRecord;
import org.candor.api.energy.EnergyShare;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelId;
import org.candor.api.policy.Decision;
import org.candor.api.policy.Obligation;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyId;
import org.candor.api.retrieval.Citation;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.ModelUse;

/** Values of the contracts as JSON values, in the order in which people read them. */
final class Json {

    private Json() {}

    /** @param epoch of the consent register, or null when it was not asked */
    static Map<String, Object> policy(Operation operation, Decision decision, Long epoch) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("decision", decision.permitted() ? "permit" : "deny");
        json.put("code", decision.code());
        json.put("operation", operation.name());
        json.put("purpose", operation.purpose());
        json.putAll(policy(decision.policy()));
        json.put(
                "obligations",
                decision.obligations().stream().map(Json::obligation).toList());
        if (!decision.determining().isEmpty()) {
            json.put("rules", decision.determining());
        }
        if (!decision.permitted() && !decision.messages().isEmpty()) {
            json.put("messages", new TreeMap<>(decision.messages()));
        }
        if (epoch != null) {
            json.put("consentEpoch", epoch);
        }
        return json;
    }

    static Map<String, Object> policy(PolicyId id) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", id.name());
        json.put("version", id.version());
        json.put("digest", id.digest());
        return json;
    }

    static Map<String, Object> activation(PolicyActivation activation) {
        Map<String, Object> json = policy(activation.policy());
        json.put("actor", activation.actor());
        json.put("reason", activation.reason());
        json.put("time", activation.time().toString());
        return json;
    }

    /** The name that an obligation has outside. */
    static String type(Obligation obligation) {
        return switch (obligation) {
            case Obligation.MaskPersonalData mask -> "mask-personal-data";
            case Obligation.RouteModel route -> "route-model";
            case Obligation.RequirePurpose purpose -> "require-purpose";
            case Obligation.Budget budget -> "budget";
            case Obligation.SecondPerson second -> "second-person";
        };
    }

    private static Map<String, Object> obligation(Obligation obligation) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", type(obligation));
        switch (obligation) {
            case Obligation.MaskPersonalData mask ->
                json.put(
                        "kinds",
                        mask.kinds().stream()
                                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                .sorted()
                                .toList());
            case Obligation.RouteModel route -> json.put("model", route.model());
            case Obligation.Budget budget -> {
                json.put("unit", budget.unit().name().toLowerCase(Locale.ROOT));
                json.put("amount", budget.amount());
                json.put("period", budget.period().toString());
            }
            case Obligation.RequirePurpose purpose -> {
                // Its type says it all.
            }
            case Obligation.SecondPerson second -> {
                // Its type says it all.
            }
        }
        return json;
    }

    /** @param share or null when nothing is metered */
    static Map<String, Object> energy(EnergyShare share) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (share == null) {
            json.put("joules", null);
            json.put("method", null);
            json.put("seconds", null);
            json.put("cpuSeconds", null);
            json.put("reason", "no energy accounting is running, and none is required");
            return json;
        }
        json.put("joules", share.joules());
        json.put("method", share.method());
        json.put("seconds", share.seconds());
        json.put("cpuSeconds", share.cpuSeconds());
        if (!share.reason().isEmpty()) {
            json.put("reason", share.reason());
        }
        return json;
    }

    static List<Map<String, Object>> citations(List<Citation> citations) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (Citation citation : citations) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("document", citation.document());
            json.put("version", citation.version());
            json.put("start", citation.start());
            json.put("end", citation.end());
            json.put("text", citation.text());
            json.put("score", citation.score());
            list.add(json);
        }
        return list;
    }

    static List<Map<String, Object>> models(List<ModelUse> models) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (ModelUse use : models) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("role", use.role());
            json.putAll(model(use.model()));
            list.add(json);
        }
        return list;
    }

    static Map<String, Object> model(ModelId id) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", id.name());
        json.put("version", id.version());
        json.put("digest", id.digest());
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

    /** For whoever may see the status: how many files could not be read, and not which and why, which quotes them. */
    static Map<String, Object> library(LibraryStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("library", status.folder());
        json.put("state", status.state());
        json.put("done", status.done());
        json.put("total", status.total());
        json.put("secondsLeft", Double.isFinite(status.secondsLeft()) ? (Object) status.secondsLeft() : null);
        json.put("documents", status.documents());
        json.put("passages", status.passages());
        json.put("unread", status.problems().size());
        json.put("encoders", status.encoders());
        return json;
    }
}
