package org.candor.policy.internal.cedar;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Policies as a tree of small functions that were put together once: a decision touches no text, no JSON and no native
 * code. It means what Cedar's own core means for everything it covers; what it does not cover it refuses to compile.
 */
public final class CompiledPolicies implements Evaluator {

    private record Compiled(String id, boolean permits, Code[] parts) {}

    private final EntityStore entities;
    private final Compiled[] policies;

    private CompiledPolicies(EntityStore entities, Compiled[] policies) {
        this.entities = entities;
        this.policies = policies;
    }

    /**
     * @throws NotCoveredException naming what Cedar's own core is needed for
     * @throws IllegalArgumentException when entities or identifiers are there twice
     */
    public static CompiledPolicies compile(List<CedarPolicy> policies, Collection<CedarEntity> entities)
            throws NotCoveredException {
        Set<String> ids = new HashSet<>();
        Compiled[] compiled = new Compiled[policies.size()];
        for (int i = 0; i < compiled.length; i++) {
            CedarPolicy policy = policies.get(i);
            if (!ids.add(policy.id())) {
                throw new IllegalArgumentException("the policy " + policy.id() + " is there twice");
            }
            List<Code> parts = new ArrayList<>();
            for (Expression scope : policy.scope()) {
                if (!scope.equals(new Expression.Literal(true))) {
                    parts.add(CodeGenerator.generate(scope));
                }
            }
            for (Expression condition : policy.conditions()) {
                parts.add(CodeGenerator.generate(condition));
            }
            compiled[i] = new Compiled(policy.id(), policy.permits(), parts.toArray(Code[]::new));
        }
        return new CompiledPolicies(new EntityStore(entities), compiled);
    }

    @Override
    public Verdict evaluate(Situation situation) {
        Frame frame = new Frame(situation, entities);
        Set<String> permits = null;
        Set<String> forbids = null;
        Set<String> failing = null;
        for (Compiled policy : policies) {
            try {
                if (!holds(policy, frame)) {
                    continue;
                }
                if (policy.permits()) {
                    permits = with(permits, policy.id());
                } else {
                    forbids = with(forbids, policy.id());
                }
            } catch (EvaluationFailure e) {
                failing = with(failing, policy.id());
            }
        }
        Set<String> failed = failing == null ? Set.of() : failing;
        if (forbids != null) {
            return new Verdict(false, forbids, failed);
        }
        return new Verdict(permits != null, permits == null ? Set.of() : permits, failed);
    }

    private static boolean holds(Compiled policy, Frame frame) {
        for (Code part : policy.parts()) {
            if (!part.truth(frame)) {
                return false;
            }
        }
        return true;
    }

    private static Set<String> with(Set<String> set, String id) {
        Set<String> result = set == null ? new HashSet<>(4) : set;
        result.add(id);
        return result;
    }

    @Override
    public String description() {
        return "compiled";
    }
}
