package org.candor.api.policy;

import java.util.Map;
import org.candor.api.operation.Caller;

/**
 * @param caller who asks
 * @param operation for example {@code answer} or {@code admin.consent.withdraw}
 * @param purpose what for, for example {@code question-answering}
 * @param attributes further facts, by name
 */
public record PolicyRequest(Caller caller, String operation, String purpose, Map<String, String> attributes) {
    public PolicyRequest {
        attributes = Map.copyOf(attributes);
    }
}
