package org.candor.governor.internal;

import java.util.Set;
import org.candor.api.consent.ConsentRegister;
import org.candor.api.consent.ConsentUnavailableException;
import org.candor.api.consent.SubjectKeys;
import org.candor.api.energy.EnergyAccounting;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.policy.PersonalData;
import org.candor.api.policy.PolicyGate;
import org.candor.api.transparency.TransparencyLog;

/**
 * The governance services that are there at one moment; null for one that is not. An operation takes them once, so that
 * a swap meanwhile does not mix two generations.
 */
record Services(
        PolicyGate policy,
        ConsentRegister consent,
        SubjectKeys subjectKeys,
        EnergyAccounting energy,
        PersonalData personalData,
        TransparencyLog log) {

    /** Throws UNAVAILABLE naming the first of the required services that is missing. */
    Services demand(Set<Governance> required) {
        for (Governance each : Governance.values()) {
            if (required.contains(each)) {
                require(each, each.in(this));
            }
        }
        return this;
    }

    private static void require(Governance which, boolean there) {
        if (!there) {
            throw missing(which.key(), which.description());
        }
    }

    /**
     * What to throw for a failure of a service that an operation was using: a service that left meanwhile fails in its own
     * ways, and all of them mean that it is not there.
     *
     * @param left whether it is no longer the one in place
     */
    static RuntimeException failure(RuntimeException failure, boolean left, String key, String description) {
        if (!left || failure instanceof OperationException) {
            return failure;
        }
        OperationException missing = missing(key, description);
        missing.addSuppressed(failure);
        return missing;
    }

    /** UNAVAILABLE because a service is missing. */
    static OperationException missing(String key, String description) {
        return new OperationException(
                Kind.UNAVAILABLE,
                key + "-missing",
                "The " + description + " is not running, and nothing is done without it. Try again shortly; "
                        + "GET /health/ready shows what the server waits for.");
    }

    /** UNAVAILABLE because nobody can say what people agreed to. */
    static OperationException consentUnavailable(ConsentUnavailableException e) {
        return new OperationException(
                Kind.UNAVAILABLE,
                "consent-unavailable",
                "The consent register cannot be reached, so nothing is permitted: " + e.getMessage(),
                null,
                e);
    }
}
