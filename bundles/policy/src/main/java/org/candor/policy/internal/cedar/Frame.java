package org.candor.policy.internal.cedar;

import java.util.Map;
import java.util.Set;

/** One request while policies are evaluated on it. Used by one thread. */
final class Frame {

    private final EntityStore entities;
    private final EntityStore.Known principal;
    private final EntityStore.Known action;
    private final EntityStore.Known resource;
    private final Map<String, Object> context;

    Frame(Situation situation, EntityStore entities) {
        this.entities = entities;
        principal = entities.join(situation.principal());
        action = entities.join(situation.action());
        resource = entities.join(situation.resource());
        context = situation.context();
    }

    Object value(Expression.Part part) {
        return switch (part) {
            case PRINCIPAL -> principal.entity().id();
            case ACTION -> action.entity().id();
            case RESOURCE -> resource.entity().id();
            case CONTEXT -> context;
        };
    }

    private EntityStore.Known known(EntityId id) {
        if (id.equals(principal.entity().id())) {
            return principal;
        }
        if (id.equals(resource.entity().id())) {
            return resource;
        }
        if (id.equals(action.entity().id())) {
            return action;
        }
        return entities.find(id);
    }

    /** Attributes of a known entity, or null. */
    Map<String, Object> attributes(EntityId id) {
        EntityStore.Known known = known(id);
        return known == null ? null : known.entity().attributes();
    }

    /** Whether one is the other or a member of it. An unknown entity is a member of itself only. */
    boolean in(EntityId member, EntityId group) {
        if (member.equals(group)) {
            return true;
        }
        EntityStore.Known known = known(member);
        return known != null && known.ancestors().contains(group);
    }

    boolean inAny(EntityId member, Set<?> groups) {
        boolean found = false;
        for (Object group : groups) {
            if (!(group instanceof EntityId id)) {
                throw EvaluationFailure.FAILURE;
            }
            found = found || in(member, id);
        }
        return found;
    }
}
