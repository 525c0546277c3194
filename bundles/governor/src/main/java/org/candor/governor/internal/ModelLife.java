package org.candor.governor.internal;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.candor.api.model.ModelAudit;
import org.candor.api.model.ModelTransition;
import org.candor.api.operation.Caller;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Puts each step of a model's life into the transparency log, as event {@code models.life}. */
@Component
public final class ModelLife implements ModelAudit {

    private final GovernedPath path;

    @Activate
    public ModelLife(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public void record(ModelTransition transition) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("model", Json.model(transition.model()));
        members.put(
                "state",
                transition.removed() ? "removed" : transition.state().name().toLowerCase(Locale.ROOT));
        members.put("actor", transition.actor());
        members.put("reason", transition.reason());
        members.put("at", transition.time().toString());
        path.note("models.life", new Caller(transition.actor(), transition.tenant(), Set.of()), members);
    }
}
