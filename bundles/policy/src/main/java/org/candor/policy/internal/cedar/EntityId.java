package org.candor.policy.internal.cedar;

/**
 * Names an entity, as {@code Role::"viewer"} does.
 *
 * @param type with its namespace, parts joined by {@code ::}
 * @param id what stands in quotes, unescaped
 */
public record EntityId(String type, String id) {

    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof EntityId entity && id.equals(entity.id) && type.equals(entity.type);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + id.hashCode();
    }

    @Override
    public String toString() {
        return type + "::\"" + id + "\"";
    }
}
