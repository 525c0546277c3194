package org.candor.cli;

import java.util.List;
import java.util.Map;
import org.candor.proof.Json;

/**
 * Members of a JSON object by name and type. A member that is missing or of another type is a failure that names it: the
 * server speaks another version, or somebody else listens on its port.
 */
record JsonObject(Map<String, Object> members) {

    /** @throws Failure when {@code text} is no JSON object */
    static JsonObject parse(String text) {
        try {
            return of(asMap(Json.parse(text)));
        } catch (IllegalArgumentException | ClassCastException e) {
            throw Failure.failed("the server's answer is no JSON object (" + e.getMessage()
                    + "): does another program use this port?");
        }
    }

    static JsonObject of(Map<String, Object> members) {
        return new JsonObject(members);
    }

    /** The object as JSON on one line. */
    String text() {
        return Json.write(members);
    }

    /** Whether the member is there and not null. */
    boolean has(String name) {
        return members.get(name) != null;
    }

    /** The member, null where it is null or missing. */
    Object value(String name) {
        return members.get(name);
    }

    String text(String name) {
        return member(name, String.class);
    }

    double number(String name) {
        return member(name, Number.class).doubleValue();
    }

    boolean flag(String name) {
        return member(name, Boolean.class);
    }

    JsonObject object(String name) {
        return of(asMap(member(name, Map.class)));
    }

    /** The members of an array of objects; empty where the member is missing. */
    List<JsonObject> objects(String name) {
        return has(name) ? list(name).stream().map(o -> of(asMap(o))).toList() : List.of();
    }

    /** The members of an array of strings; empty where the member is missing. */
    List<String> texts(String name) {
        return has(name) ? list(name).stream().map(String::valueOf).toList() : List.of();
    }

    private List<?> list(String name) {
        return member(name, List.class);
    }

    private <T> T member(String name, Class<T> type) {
        if (type.isInstance(members.get(name))) {
            return type.cast(members.get(name));
        }
        throw Failure.failed(
                "the server's answer has no usable \"" + name + "\": is it of another version than this command?");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) Map.class.cast(value);
    }
}
