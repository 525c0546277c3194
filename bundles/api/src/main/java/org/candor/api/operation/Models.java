package org.candor.api.operation;

import java.util.List;
import org.candor.api.model.Activation;
import org.candor.api.model.ModelRevision;

/** Operations {@code models.list} and {@code admin.models.*}. Every method throws {@link OperationException}. Thread safe. */
public interface Models {

    /**
     * @param activation that is in force now
     * @param evidence its log entry is durable
     */
    record Change(Activation activation, Evidence evidence) {}

    /** Operation {@code models.list}. */
    List<ModelRevision> list(Caller caller);

    /** Operation {@code admin.models.activate}. */
    Change activate(Caller caller, String name, String version, String reason);

    /** Operation {@code admin.models.rollback}. */
    Change rollBack(Caller caller, String route, String reason);
}
