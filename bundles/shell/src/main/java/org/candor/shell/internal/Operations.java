package org.candor.shell.internal;

import java.util.List;
import org.candor.api.operation.Access;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Consents;
import org.candor.api.operation.Documents;
import org.candor.api.operation.Energy;
import org.candor.api.operation.Evidences;
import org.candor.api.operation.Generation;
import org.candor.api.operation.Models;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.operation.Platform;
import org.candor.api.operation.Policies;
import org.candor.api.transparency.TransparencyLog;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The services that commands call, each as it comes and goes: a command is always there, and says what is missing. Every
 * method throws UNAVAILABLE while its service is not running. Thread safe.
 */
@Component(service = Operations.class)
public final class Operations {

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Answers answers;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Generation generation;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Documents documents;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Consents consents;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Models models;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Energy energy;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Backups backups;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Platform platform;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Platform.Inventory inventory;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Policies policies;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Access access;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile Evidences evidences;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile TransparencyLog log;

    public Answers answers() {
        return need(answers);
    }

    public Generation generation() {
        return need(generation);
    }

    public Documents documents() {
        return need(documents);
    }

    public Consents consents() {
        return need(consents);
    }

    public Models models() {
        return need(models);
    }

    public Energy energy() {
        return need(energy);
    }

    public Backups backups() {
        return need(backups);
    }

    public Platform platform() {
        return need(platform);
    }

    /**
     * Every bundle and component: decided by the governor, or, while that is what does not run, by the caller's role alone.
     * Those who run the server then see what holds it up; anybody else hears that it is missing.
     */
    public Platform.Components components(Caller caller) {
        Platform governed = platform;
        Platform.Inventory own = inventory;
        return governed == null && own != null && caller.operates()
                ? own.components()
                : platform().components(caller);
    }

    /** What has to be there, and whether it is. */
    public List<Platform.Check> checks() {
        Platform governed = platform;
        return governed == null
                ? List.of(new Platform.Check("governor", false, "the governor is not running"))
                : governed.checks();
    }

    public Policies policies() {
        return need(policies);
    }

    public Access access() {
        return need(access);
    }

    public Evidences evidences() {
        return need(evidences);
    }

    /** What it shows to everybody: its checkpoint and key. */
    public TransparencyLog log() {
        return need(log);
    }

    private static <T> T need(T service) {
        if (service == null) {
            throw new OperationException(
                    Kind.UNAVAILABLE,
                    "governor-missing",
                    "The governor is not running, and nothing is done without it. Try again shortly; bundle:list shows"
                            + " what runs.");
        }
        return service;
    }
}
