package org.candor.governor.internal;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.candor.api.consent.ConsentUnavailableException;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.policy.Decision;
import org.candor.api.transparency.Appended;
import org.candor.api.transparency.LogUnavailableException;

/** Writes what the log has of operations: that they begin, what came of them, that they failed or were refused. Thread safe. */
final class LogEntries {

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    LogEntries(Clock clock) {
        this.clock = clock;
    }

    /**
     * Puts what came of an operation into the log. Where there is none, and none is required, there is no proof.
     *
     * @param energyJson or null where nothing was measured
     */
    Evidence append(
            String name,
            Operation operation,
            Map<String, Object> policyJson,
            Map<String, Object> members,
            Map<String, Object> energyJson,
            Services services) {
        if (services.log() == null || services.subjectKeys() == null) {
            return new Evidence(UUID.randomUUID().toString(), Map.of(), Map.of(), null, energyJson, policyJson);
        }
        Map<String, Object> committed = new LinkedHashMap<>(members);
        if (energyJson != null) {
            committed.put("energy", energyJson);
        }
        committed.put("policy", policyJson);
        Logged logged = log(name, operation.keyedBy(), committed, services);
        return new Evidence(
                logged.id(), logged.leaf().json(), logged.leaf().openings(), logged.proof(), energyJson, policyJson);
    }

    /**
     * Tells the log that an operation begins, and does not wait for it: what comes back does. The disk's pause is then spent on
     * the work, whose results wait.
     */
    Runnable begin(Operation operation, Map<String, Object> policyJson, Services services) {
        if (services.log() == null || services.subjectKeys() == null) {
            return () -> {};
        }
        String name = operation.name() + "/begun";
        Map<String, Object> committed = new LinkedHashMap<>(operation.request());
        committed.put("policy", policyJson);
        CompletableFuture<Appended> appended = services.log()
                .appendLater(
                        leaf(name, operation.keyedBy(), committed, services).bytes());
        return () -> durable(name, appended);
    }

    /** Logs a refusal, and returns what to throw. */
    OperationException refused(Kind kind, Operation operation, Decision decision, Services services) {
        Evidence evidence = append(
                operation.name(),
                operation,
                Json.policy(operation, decision, null),
                operation.request(),
                null,
                services);
        return kind == Kind.DENIED
                ? OperationException.denied(decision.code(), decision.message(), evidence)
                : new OperationException(kind, decision.code(), decision.message());
    }

    /** Logs that a change failed half way, and returns what to throw. */
    <F extends Throwable> F failed(Operation operation, Map<String, Object> policyJson, F failure, Services services) {
        try {
            Map<String, Object> members = new LinkedHashMap<>(operation.request());
            members.put("failure", failure instanceof OperationException e ? e.code() : "internal");
            append(operation.name() + "/failed", operation, policyJson, members, null, services);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /** An entry that is in the log. */
    record Logged(String id, Leaf leaf, String proof) {}

    /** Puts an entry into the log, and waits until it is durable. */
    Logged log(String name, Caller caller, Map<String, Object> committed, Services services) {
        Leaf leaf = leaf(name, caller, committed, services);
        Appended appended = durable(name, services.log().appendLater(leaf.bytes()));
        try {
            EntryId id = EntryId.of(appended.index(), leaf.bytes(), caller.tenant(), services.subjectKeys());
            return new Logged(id.toString(), leaf, appended.proof());
        } catch (ConsentUnavailableException e) {
            throw Services.consentUnavailable(e);
        } catch (LogUnavailableException e) {
            throw logUnavailable(name, e);
        }
    }

    private Leaf leaf(String name, Caller caller, Map<String, Object> committed, Services services) {
        try {
            return Leaf.of(name, caller, committed, clock.instant(), services.subjectKeys(), random);
        } catch (ConsentUnavailableException e) {
            throw Services.consentUnavailable(e);
        }
    }

    /** Waits until an entry is on the disk. */
    private static Appended durable(String name, CompletableFuture<Appended> appended) {
        try {
            return appended.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LogUnavailableException unavailable) {
                throw logUnavailable(name, unavailable);
            }
            throw e;
        }
    }

    private static OperationException logUnavailable(String name, LogUnavailableException e) {
        return new OperationException(
                Kind.UNAVAILABLE,
                "log-unavailable",
                "The transparency log did not take the entry of " + name + ", so the operation is not answered: "
                        + e.getMessage(),
                null,
                e);
    }
}
