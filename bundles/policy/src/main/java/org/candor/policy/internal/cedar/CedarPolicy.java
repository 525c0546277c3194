package org.candor.policy.internal.cedar;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One policy.
 *
 * @param id its annotation {@code id}, or what its file and its place there make of it
 * @param permits whether it permits or forbids
 * @param annotations by name, unescaped; empty text where none is given
 * @param scope what principal, action and resource have to be, in this order; a literal true where they may be any
 * @param conditions of {@code when}, and of {@code unless} negated
 * @param source its text
 */
public record CedarPolicy(
        String id,
        boolean permits,
        Map<String, String> annotations,
        List<Expression> scope,
        List<Expression> conditions,
        String source) {
    public CedarPolicy {
        annotations = Map.copyOf(annotations);
        scope = List.copyOf(scope);
        conditions = List.copyOf(conditions);
    }

    /** The entities that it names. */
    public Set<EntityId> entities() {
        return literals(EntityId.class);
    }

    /** The texts that it compares with. */
    public Set<String> texts() {
        return literals(String.class);
    }

    private <T> Set<T> literals(Class<T> type) {
        Set<T> found = new HashSet<>();
        Consumer<Object> each = value -> {
            if (type.isInstance(value)) {
                found.add(type.cast(value));
            }
        };
        scope.forEach(part -> Names.literals(part, each));
        conditions.forEach(part -> Names.literals(part, each));
        return found;
    }
}
