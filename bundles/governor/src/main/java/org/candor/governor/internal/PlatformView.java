package org.candor.governor.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.candor.api.configuration.Configuration;
import org.candor.api.configuration.Configured;
import org.candor.api.energy.EnergyStatus;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelRegistry;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelState;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Operations;
import org.candor.api.operation.Platform;
import org.candor.api.policy.Decision;
import org.candor.api.policy.PolicyId;
import org.candor.api.retrieval.Library;
import org.candor.api.retrieval.LibraryStatus;
import org.candor.api.retrieval.Retrieval;
import org.candor.api.transparency.TransparencyLog;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** What the platform waits for, and what it runs. */
@Component
public final class PlatformView implements Platform {

    private final GovernedPath path;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ModelRegistry registry;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Library library;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Retrieval retrieval;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Inventory inventory;

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile List<Configured> configured = List.of();

    @Activate
    public PlatformView(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public List<Check> checks() {
        Services services = path.services();
        List<Check> checks = new ArrayList<>();
        checks.add(check("models", this::models));
        checks.add(check("library", this::library));
        checks.add(governance("log", Governance.TRANSPARENCY, services, () -> {
            TransparencyLog log = services.log();
            return log.origin() + " has " + log.size() + " entries";
        }));
        checks.add(governance(
                "consent",
                Governance.CONSENT,
                services,
                () -> "entry " + services.consent().epoch() + " is the newest"));
        checks.add(governance("policy", Governance.POLICY, services, () -> {
            PolicyId policy = services.policy().policy();
            return policy.name() + " " + policy.version() + " is in force";
        }));
        checks.add(governance("energy", Governance.ENERGY, services, () -> services.energy()
                .status()
                .method()));
        checks.add(check("configuration", this::configuration));
        return checks;
    }

    /** What is refused stops nothing: the configuration before it counts, so the server is ready. */
    private Check configuration() {
        List<String> lines = new ArrayList<>();
        boolean refused = false;
        for (Configured each : configured) {
            Configuration.State state = each.configuration();
            if (!state.refused().isEmpty()) {
                refused = true;
                lines.add("refused, the one before it stays: " + state.refused());
            }
            if (!state.pending().isEmpty()) {
                lines.add(state.pid() + ": " + state.pending());
            }
        }
        lines.sort(null);
        return new Check(
                "configuration", true, refused, lines.isEmpty() ? "every file counts" : String.join("; ", lines));
    }

    @Override
    public Map<String, Object> status() {
        Services services = path.services();
        ModelRegistry models = registry;
        Library documents = library;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("log", services.log() == null ? null : log(services.log()));
        json.put("models", models == null ? null : served(models));
        json.put("revisions", models == null ? null : revisions(models));
        json.put("generators", models == null ? null : GeneratorViews.of(models));
        json.put("library", documents == null ? null : Json.library(documents.status()));
        json.put(
                "energy",
                services.energy() == null ? null : energy(services.energy().status()));
        json.put(
                "policy",
                services.policy() == null ? null : policy(services.policy().policy()));
        return json;
    }

    @Override
    public Components components(Caller caller) {
        Operation read = healthRead(caller);
        // While something that is required is missing, a refusal could not be logged; what is missing is then what one
        // looks for.
        if (path.isComplete() || !path.permits(read)) {
            path.gate(read);
        }
        Inventory now = inventory;
        if (now == null) {
            throw Services.missing("inventory", "inventory of components");
        }
        return now.components();
    }

    @Override
    public List<Permission> permissions(Caller caller) {
        List<Permission> permissions = new ArrayList<>();
        for (String name : Operations.ALL) {
            Decision decision = path.consider(
                    new Operation(name, caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, Map.of()));
            if (decision == null) {
                return List.of();
            }
            permissions.add(new Permission(
                    name,
                    decision.permitted(),
                    decision.code(),
                    decision.permitted() ? Map.of() : messages(decision),
                    decision.obligations().stream().map(Json::type).toList()));
        }
        return permissions;
    }

    private static Map<String, String> messages(Decision decision) {
        return decision.messages().isEmpty() ? Map.of("en", decision.message()) : decision.messages();
    }

    @Override
    public boolean mayInspect(Caller caller) {
        return caller != null && path.permits(healthRead(caller));
    }

    private static Operation healthRead(Caller caller) {
        return new Operation("admin.health.read", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, Map.of());
    }

    private Check models() {
        ModelRegistry models = registry;
        if (models == null) {
            return new Check("models", false, "the model registry is not running");
        }
        List<String> active = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        for (ModelRevision revision : models.revisions()) {
            String line = revision.id().name() + " " + revision.id().version();
            if (revision.state() == ModelState.ACTIVE && revision.tasks().contains("embed")) {
                active.add(line);
            } else if (revision.state() == ModelState.FAILED) {
                waiting.add(line + " failed: " + revision.reason());
            } else {
                waiting.add(line + " is " + revision.state().name().toLowerCase(Locale.ROOT));
            }
        }
        if (!active.isEmpty()) {
            return new Check("models", true, "active: " + String.join(", ", active));
        }
        return new Check(
                "models",
                false,
                waiting.isEmpty()
                        ? "no model is installed"
                        : "no encoder is active yet: " + String.join("; ", waiting));
    }

    private Check library() {
        Library documents = library;
        if (documents == null) {
            return new Check("library", false, "the library is not running");
        }
        if (retrieval == null) {
            return new Check("library", false, "retrieval is not running");
        }
        LibraryStatus status = documents.status();
        String counts = status.documents() + " documents";
        if (status.encoders().isEmpty() && !status.state().equals("failed")) {
            // It hears of an active encoder a moment after the registry.
            return new Check("library", false, counts + ", no index has an encoder yet");
        }
        return switch (status.state()) {
            case "failed" ->
                new Check("library", false, "indexing failed; who may list the documents is told why with them");
            case "indexing" ->
                new Check("library", true, counts + ", indexing " + status.done() + " of " + status.total());
            default -> new Check("library", true, counts);
        };
    }

    private Check governance(String name, Governance which, Services services, Supplier<String> detail) {
        if (which.in(services)) {
            return check(name, () -> new Check(name, true, detail.get()));
        }
        return path.requires(which)
                ? new Check(name, false, "the " + which.description() + " is not running")
                : new Check(name, true, "not running, and not required here");
    }

    /** A service that fails while it is asked is not ready, and says why. */
    private static Check check(String name, Supplier<Check> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            return new Check(name, false, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
    }

    private static Map<String, Object> log(TransparencyLog log) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("origin", log.origin());
        json.put("key", log.verifierKey());
        json.put("size", log.size());
        return json;
    }

    private static List<Map<String, Object>> served(ModelRegistry models) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (String route : models.routes()) {
            Activation activation = models.active(route);
            if (activation != null && models.waitsFor(route).isEmpty()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("id", route);
                json.put("version", activation.model().version());
                json.put("digest", activation.model().digest());
                list.add(json);
            }
        }
        return list;
    }

    /** What everybody may know of what is installed, and how busy it is. */
    private static List<Map<String, Object>> revisions(ModelRegistry models) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (ModelRevision revision : models.revisions()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", revision.id().name());
            json.put("version", revision.id().version());
            json.put("state", revision.state().name().toLowerCase(Locale.ROOT));
            json.put("leases", revision.leases());
            list.add(json);
        }
        return list;
    }

    private static Map<String, Object> energy(EnergyStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("method", status.method());
        json.put("meter", status.meter());
        json.put("totalJoules", status.totalJoules());
        json.put("idleJoules", status.idleJoules());
        json.put("joulesByOperation", status.joulesByOperation());
        return json;
    }

    private static Map<String, Object> policy(PolicyId policy) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", policy.name());
        json.put("version", policy.version());
        json.put("digest", policy.digest());
        return json;
    }
}
