package org.candor.governor.internal;

import java.util.Map;
import org.candor.api.energy.EnergyAccounting;
import org.candor.api.energy.EnergyHistory;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Energy;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Operation {@code admin.energy.history}. */
@Component
public final class EnergyOperations implements Energy {

    private final GovernedPath path;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile EnergyHistory history;

    @Activate
    public EnergyOperations(@Reference GovernedPath path) {
        this.path = path;
    }

    @Override
    public History history(Caller caller, int minutes) {
        if (minutes < 1 || minutes > MOST_MINUTES) {
            throw Requests.invalid("minutes", "is " + minutes + "; 1 to " + MOST_MINUTES + " are allowed");
        }
        path.gate(new Operation(
                "admin.energy.history", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.READ, Map.of()));
        EnergyAccounting accounting = path.services().energy();
        EnergyHistory now = history;
        if (accounting == null || now == null) {
            throw Services.missing(Governance.ENERGY.key(), Governance.ENERGY.description());
        }
        int windows = (int) Math.max(1, minutes / Math.max(1, now.window().toMinutes()));
        return new History(accounting.status(), now.window(), now.windows(windows));
    }
}
