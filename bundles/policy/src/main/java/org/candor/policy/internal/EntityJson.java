package org.candor.policy.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.policy.internal.cedar.CedarEntity;
import org.candor.policy.internal.cedar.EntityId;

/** The entities.json of a pack, in the form of Cedar's command line: {@code [{"uid", "attrs", "parents"}]}. */
final class EntityJson {

    private static final int MOST = 100_000;

    private EntityJson() {}

    static List<CedarEntity> read(byte[] json) {
        List<CedarEntity> entities = new ArrayList<>();
        for (JsonReader entity : JsonReader.objects("entities.json", json)) {
            entity.only("uid", "attrs", "parents");
            if (entities.size() == MOST) {
                throw new InvalidPackException("entities.json has more than " + MOST + " entities");
            }
            Map<String, Object> attributes = new HashMap<>();
            if (entity.has("attrs")) {
                JsonReader attrs = entity.inside("attrs");
                for (String name : attrs.names()) {
                    attributes.put(name, value(attrs, name, attrs.value(name)));
                }
            }
            Set<EntityId> parents = new HashSet<>();
            if (entity.value("parents") instanceof List<?> list) {
                list.forEach(parent -> parents.add(id(entity, "parents", parent)));
            } else if (entity.has("parents")) {
                throw entity.wrong("parents", "an array is needed");
            }
            entities.add(new CedarEntity(id(entity, "uid", entity.value("uid")), attributes, parents));
        }
        return entities;
    }

    private static EntityId id(JsonReader reader, String key, Object value) {
        Object plain = value instanceof Map<?, ?> map && map.get("__entity") != null ? map.get("__entity") : value;
        if (plain instanceof Map<?, ?> map
                && map.size() == 2
                && map.get("type") instanceof String type
                && map.get("id") instanceof String id) {
            return new EntityId(type, id);
        }
        throw reader.wrong(key, "an entity is {\"type\": \"Role\", \"id\": \"viewer\"}");
    }

    private static Object value(JsonReader reader, String key, Object value) {
        return switch (value) {
            case Long number -> number;
            case String text -> text;
            case Boolean truth -> truth;
            case List<?> list -> {
                Set<Object> set = new HashSet<>();
                list.forEach(element -> set.add(value(reader, key, element)));
                yield Set.copyOf(set);
            }
            case Map<?, ?> map when map.containsKey("__entity") -> id(reader, key, map);
            case Map<?, ?> map
            when map.containsKey("__extn") ->
                throw reader.wrong(key, "decimals, addresses and times are not supported in entities");
            case Map<?, ?> map -> {
                Map<String, Object> fields = new HashMap<>();
                map.forEach((name, member) -> fields.put((String) name, value(reader, key, member)));
                yield Map.copyOf(fields);
            }
            case null, default ->
                throw reader.wrong(key, "a value is a whole number, a text, true, false, an array or an object");
        };
    }
}
