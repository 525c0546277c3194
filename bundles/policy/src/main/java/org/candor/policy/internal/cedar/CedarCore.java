package org.candor.policy.internal.cedar;

import com.cedarpolicy.BasicAuthorizationEngine;
import com.cedarpolicy.model.AuthorizationRequest;
import com.cedarpolicy.model.AuthorizationResponse;
import com.cedarpolicy.model.AuthorizationSuccessResponse;
import com.cedarpolicy.model.Context;
import com.cedarpolicy.model.ValidationRequest;
import com.cedarpolicy.model.ValidationResponse;
import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.model.exception.AuthException;
import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.exception.InternalException;
import com.cedarpolicy.model.policy.Policy;
import com.cedarpolicy.model.policy.PolicySet;
import com.cedarpolicy.model.schema.Schema;
import com.cedarpolicy.value.CedarList;
import com.cedarpolicy.value.CedarMap;
import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.PrimBool;
import com.cedarpolicy.value.PrimLong;
import com.cedarpolicy.value.PrimString;
import com.cedarpolicy.value.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Cedar's own core (Rust, through cedar-java): slower than {@link CompiledPolicies} and the one that is right. A request
 * takes along only the entities that policies can reach from it.
 */
public final class CedarCore implements Evaluator {

    private final BasicAuthorizationEngine engine;
    private final PolicySet policies;
    private final EntityStore entities;
    private final Set<EntityId> named;

    private CedarCore(BasicAuthorizationEngine engine, PolicySet policies, EntityStore entities, Set<EntityId> named) {
        this.engine = engine;
        this.policies = policies;
        this.entities = entities;
        this.named = named;
    }

    /** Why the core cannot be used on this machine, or null when it can. Loads it at the first call. */
    public static String missing() {
        try {
            new BasicAuthorizationEngine();
            return null;
        } catch (LinkageError | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return "Cedar's core cannot be loaded on " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + ": " + cause;
        }
    }

    /**
     * @throws IllegalArgumentException with Cedar's own words, when it does not accept the policies
     */
    public static CedarCore of(List<CedarPolicy> policies, Collection<CedarEntity> entities) {
        Set<Policy> set = new LinkedHashSet<>();
        Set<EntityId> named = new HashSet<>();
        for (CedarPolicy policy : policies) {
            try {
                Policy.parseStaticPolicy(policy.source());
            } catch (InternalException e) {
                throw new IllegalArgumentException(
                        "policy " + policy.id() + " is not accepted by Cedar: " + e.getMessage(), e);
            }
            set.add(new Policy(policy.source(), policy.id()));
            named.addAll(policy.entities());
        }
        PolicySet whole = new PolicySet(set);
        try {
            whole.cache();
        } catch (CacheException e) {
            throw new IllegalArgumentException("the policies are not accepted by Cedar: " + e.getMessage(), e);
        }
        return new CedarCore(new BasicAuthorizationEngine(), whole, new EntityStore(entities), named);
    }

    /**
     * What the policies say against a schema, in Cedar's own words; empty: nothing.
     *
     * @param schema in Cedar's schema syntax
     * @throws IllegalArgumentException when the schema is none
     */
    public List<String> validate(String schema) {
        try {
            ValidationResponse response =
                    engine.validate(new ValidationRequest(Schema.parse(Schema.JsonOrCedar.Cedar, schema), policies));
            List<String> errors = new ArrayList<>();
            response.errors.ifPresent(found -> found.forEach(error -> errors.add(error.message)));
            response.success.ifPresent(success -> success.validationErrors.forEach(
                    error -> errors.add(error.getPolicyId() + ": " + error.getError().message)));
            return errors;
        } catch (InternalException e) {
            throw new IllegalArgumentException("the schema is not accepted by Cedar: " + e.getMessage(), e);
        } catch (AuthException e) {
            throw new IllegalArgumentException("the policies cannot be checked by Cedar: " + e.getMessage(), e);
        }
    }

    @Override
    public Verdict evaluate(Situation situation) {
        EntityStore.Known principal = entities.join(situation.principal());
        EntityStore.Known action = entities.join(situation.action());
        EntityStore.Known resource = entities.join(situation.resource());
        Map<String, Value> context = new HashMap<>();
        situation.context().forEach((name, value) -> context.put(name, value(value)));
        AuthorizationRequest request = new AuthorizationRequest(
                uid(principal.entity().id()),
                uid(action.entity().id()),
                uid(resource.entity().id()),
                new Context(context));
        try {
            AuthorizationResponse response =
                    engine.isAuthorized(request, policies, reachable(situation, principal, action, resource));
            AuthorizationSuccessResponse success = response.success.orElseThrow(
                    () -> new IllegalStateException("Cedar's core does not answer: " + response));
            return new Verdict(
                    success.isAllowed(),
                    Set.copyOf(success.getReason()),
                    success.getErrors().stream()
                            .map(AuthorizationSuccessResponse.AuthorizationError::getPolicyId)
                            .collect(Collectors.toUnmodifiableSet()));
        } catch (AuthException e) {
            throw new IllegalStateException("Cedar's core does not answer: " + e.getMessage(), e);
        }
    }

    /** The entities that policies can get at: from the request, or because they name them. */
    private Set<Entity> reachable(Situation situation, EntityStore.Known... of) {
        Map<EntityId, CedarEntity> found = new HashMap<>();
        Deque<EntityId> open = new ArrayDeque<>(named);
        for (EntityStore.Known known : of) {
            found.put(known.entity().id(), known.entity());
            open.addAll(known.ancestors());
            known.entity().attributes().values().forEach(value -> Names.collect(value, open));
        }
        situation.context().values().forEach(value -> Names.collect(value, open));
        while (!open.isEmpty()) {
            EntityId id = open.pop();
            EntityStore.Known known = found.containsKey(id) ? null : entities.find(id);
            if (known != null) {
                found.put(id, known.entity());
                open.addAll(known.ancestors());
                known.entity().attributes().values().forEach(value -> Names.collect(value, open));
            }
        }
        Set<Entity> result = new HashSet<>();
        found.values().forEach(entity -> result.add(entity(entity)));
        return result;
    }

    private static Entity entity(CedarEntity entity) {
        Map<String, Value> attributes = new HashMap<>();
        entity.attributes().forEach((name, value) -> attributes.put(name, value(value)));
        return new Entity(
                uid(entity.id()),
                attributes,
                entity.parents().stream().map(CedarCore::uid).collect(Collectors.toSet()));
    }

    private static EntityUID uid(EntityId id) {
        EntityTypeName type = EntityTypeName.parse(id.type())
                .orElseThrow(() -> new IllegalArgumentException("\"" + id.type() + "\" is no entity type"));
        return type.of(id.id());
    }

    private static Value value(Object value) {
        return switch (value) {
            case Long number -> new PrimLong(number);
            case String text -> new PrimString(text);
            case Boolean truth -> new PrimBool(truth);
            case EntityId id -> uid(id);
            case Set<?> set -> new CedarList(set.stream().map(CedarCore::value).toList());
            case Map<?, ?> fields -> {
                Map<String, Value> members = new HashMap<>();
                fields.forEach((name, member) -> members.put((String) name, value(member)));
                yield new CedarMap(members);
            }
            default -> throw new IllegalArgumentException("no value of Cedar: " + value);
        };
    }

    @Override
    public String description() {
        return "Cedar's own core";
    }
}
