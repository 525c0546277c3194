package org.candor.policy.internal.cedar;

import java.util.Map;
import java.util.Set;

/**
 * An entity with what is known about it.
 *
 * @param id of it
 * @param attributes values: Long, String, Boolean, {@link EntityId}, Set and Map of such values
 * @param parents of which it is directly a member
 */
public record CedarEntity(EntityId id, Map<String, Object> attributes, Set<EntityId> parents) {
    public CedarEntity {
        attributes = Map.copyOf(attributes);
        parents = Set.copyOf(parents);
    }
}
