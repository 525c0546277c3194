package org.candor.policy.internal.cedar;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The entities that a policy brings along, with everything that each is a member of. Immutable and thread safe. */
final class EntityStore {

    /**
     * @param entity as it was given
     * @param ancestors it is directly or indirectly a member of
     */
    record Known(CedarEntity entity, Set<EntityId> ancestors) {}

    private final Map<EntityId, Known> known = new HashMap<>();

    EntityStore(Collection<CedarEntity> entities) {
        Map<EntityId, CedarEntity> all = new HashMap<>();
        for (CedarEntity entity : entities) {
            if (all.put(entity.id(), entity) != null) {
                throw new IllegalArgumentException("the entity " + entity.id() + " is there twice");
            }
        }
        for (CedarEntity entity : entities) {
            known.put(entity.id(), new Known(entity, Set.copyOf(ancestors(entity, all))));
        }
    }

    private static Set<EntityId> ancestors(CedarEntity entity, Map<EntityId, CedarEntity> all) {
        Set<EntityId> found = new HashSet<>();
        Deque<EntityId> open = new ArrayDeque<>(entity.parents());
        while (!open.isEmpty()) {
            EntityId next = open.pop();
            if (next.equals(entity.id())) {
                throw new IllegalArgumentException("the entity " + entity.id() + " is a member of itself");
            }
            CedarEntity further = all.get(next);
            if (found.add(next) && further != null) {
                open.addAll(further.parents());
            }
        }
        return found;
    }

    /** The entity and its ancestors, or null. */
    Known find(EntityId id) {
        return known.get(id);
    }

    Collection<Known> all() {
        return known.values();
    }

    /** What is known together of an entity that a request brings along and one of the same name here. */
    Known join(CedarEntity given) {
        Known here = known.get(given.id());
        CedarEntity entity = given;
        if (here != null && given != here.entity()) {
            Map<String, Object> attributes = new HashMap<>(here.entity().attributes());
            attributes.putAll(given.attributes());
            Set<EntityId> parents = new HashSet<>(here.entity().parents());
            parents.addAll(given.parents());
            entity = new CedarEntity(given.id(), attributes, parents);
        }
        if (here != null && entity.parents().size() == here.entity().parents().size()) {
            return new Known(entity, here.ancestors());
        }
        Set<EntityId> ancestors = new HashSet<>();
        for (EntityId parent : entity.parents()) {
            ancestors.add(parent);
            Known further = known.get(parent);
            if (further != null) {
                ancestors.addAll(further.ancestors());
            }
        }
        return new Known(entity, ancestors);
    }
}
