package org.candor.policy.internal.cedar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Policies, entities and requests by chance: mostly sensible, sometimes wrong in type, so that failures are met as well. */
final class RandomCedar {

    private static final List<String> TYPES = List.of("User", "Role", "Org::Team", "Document");
    private static final List<String> IDS = List.of("a", "b", "c", "d \"quoted\" 中文");
    private static final List<String> NAMES = List.of("age", "name", "ok", "tags", "owner", "more", "if", "中");
    private static final List<String> TEXTS = List.of("", "a", "ab", "abab", "a*b", "文b文", "x\ny\0z'\"\\");
    private static final long[] NUMBERS = {0, 1, -1, 2, 10, Long.MAX_VALUE, Long.MIN_VALUE};

    private final Random random;

    RandomCedar(long seed) {
        random = new Random(seed);
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    EntityId id() {
        return new EntityId(one(TYPES), one(IDS));
    }

    Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 4)) {
            case 0 -> NUMBERS[random.nextInt(NUMBERS.length)];
            case 1 -> one(TEXTS);
            case 2 -> random.nextBoolean();
            case 3 -> id();
            case 4, 5 -> {
                Set<Object> set = new HashSet<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    set.add(value(depth - 1));
                }
                yield set;
            }
            default -> attributes(depth - 1);
        };
    }

    Map<String, Object> attributes(int depth) {
        Map<String, Object> attributes = new HashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            String name = one(NAMES);
            attributes.put(name, random.nextInt(4) == 0 ? value(depth) : usual(name, depth));
        }
        return attributes;
    }

    /** A value of the type that an attribute of this name usually has. */
    private Object usual(String name, int depth) {
        return switch (name) {
            case "age" -> NUMBERS[random.nextInt(NUMBERS.length)];
            case "name", "中" -> one(TEXTS);
            case "ok", "if" -> random.nextBoolean();
            case "owner" -> id();
            case "tags" -> {
                Set<Object> tags = new HashSet<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    tags.add(one(TEXTS));
                }
                yield tags;
            }
            default -> depth > 0 ? attributes(depth - 1) : Map.of();
        };
    }

    /** Entities whose parents come later in one order, so that nothing is a member of itself. */
    List<CedarEntity> entities() {
        List<EntityId> ids = new ArrayList<>();
        for (String type : TYPES) {
            for (String id : IDS) {
                if (random.nextInt(3) > 0) {
                    ids.add(new EntityId(type, id));
                }
            }
        }
        List<CedarEntity> entities = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Set<EntityId> parents = new HashSet<>();
            for (int k = random.nextInt(3); k > 0 && i + 1 < ids.size(); k--) {
                parents.add(ids.get(i + 1 + random.nextInt(ids.size() - i - 1)));
            }
            entities.add(new CedarEntity(ids.get(i), attributes(2), parents));
        }
        return entities;
    }

    Situation situation() {
        return new Situation(
                new CedarEntity(new EntityId("User", one(IDS)), attributes(2), Set.of(new EntityId("Org::Team", "z"))),
                new CedarEntity(new EntityId("Action", one(IDS)), Map.of(), Set.of(new EntityId("Action", "all"))),
                new CedarEntity(new EntityId("Document", one(IDS)), Map.of(), Set.of()),
                attributes(2));
    }

    String policies(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(policy(i));
        }
        return text.toString();
    }

    private String policy(int number) {
        StringBuilder text = new StringBuilder();
        if (random.nextBoolean()) {
            text.append("@id(").append(quoted("p" + number)).append(")\n");
        }
        if (random.nextInt(4) == 0) {
            text.append("@obligation(\"mask:email\") // 注\n");
        }
        text.append(random.nextInt(3) == 0 ? "forbid" : "permit").append(" (");
        text.append(scope("principal"))
                .append(", ")
                .append(action())
                .append(", ")
                .append(scope("resource"));
        text.append(")");
        for (int i = random.nextInt(3); i > 0; i--) {
            text.append(random.nextInt(4) == 0 ? "\nunless {" : "\nwhen { ");
            text.append(truth(3)).append(" }");
        }
        return text.append(";\n").toString();
    }

    private String scope(String variable) {
        return switch (random.nextInt(8)) {
            case 0 -> variable + " == " + name(id());
            case 1 -> variable + " in " + name(id());
            case 2 -> variable + " is " + one(TYPES);
            case 3 -> variable + " is " + one(TYPES) + " in " + name(id());
            default -> variable;
        };
    }

    private String action() {
        return switch (random.nextInt(4)) {
            case 0 -> "action == Action::" + quoted(one(IDS));
            case 1 -> "action in [Action::" + quoted(one(IDS)) + ", Action::\"all\"]";
            case 2 -> "action in Action::\"all\"";
            default -> "action";
        };
    }

    private static String name(EntityId id) {
        return id.type() + "::" + quoted(id.id());
    }

    private static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\0", "\\0")
                        .replace("文", "\\u{6587}")
                + "\"";
    }

    @SafeVarargs
    private String any(Supplier<String>... choices) {
        return choices[random.nextInt(choices.length)].get();
    }

    private String expression(int depth) {
        return any(
                () -> truth(depth),
                () -> number(depth),
                () -> text(depth),
                () -> entity(depth),
                () -> set(depth),
                () -> fields(depth));
    }

    private String wrong(int depth, Supplier<String> right) {
        return random.nextInt(20) == 0 ? "(" + expression(depth) + ")" : right.get();
    }

    String truth(int depth) {
        return wrong(depth - 1, () -> {
            if (depth <= 0) {
                return any(() -> "true", () -> "false", () -> "context.ok", () -> "(principal has age)");
            }
            int less = depth - 1;
            return any(
                    () -> "(" + truth(less) + " && " + truth(less) + ")",
                    () -> "(" + truth(less) + " || " + truth(less) + ")",
                    () -> "!(" + truth(less) + ")",
                    () -> "(" + number(less) + one(List.of(" < ", " <= ", " > ", " >= ")) + number(less) + ")",
                    () -> "(" + expression(less) + one(List.of(" == ", " != ")) + expression(less) + ")",
                    () -> "(" + text(less) + " == " + text(less) + ")",
                    () -> "(" + entity(less) + " in " + any(() -> entity(less), () -> entities(less)) + ")",
                    () -> "(" + entity(less) + " is " + one(TYPES) + ")",
                    () -> "(" + entity(less) + " is " + one(TYPES) + " in " + entity(less) + ")",
                    () -> "(" + holder(less) + " has " + attributeName() + ")",
                    () -> "(" + holder(less) + " has more.more.age)",
                    () -> "(" + text(less) + " like "
                            + one(List.of("\"*\"", "\"a*\"", "\"*b\"", "\"a*b*\"", "\"a\\*b\"", "\"ab\"")) + ")",
                    () -> set(less) + ".contains(" + expression(less) + ")",
                    () -> set(less) + ".containsAll(" + set(less) + ")",
                    () -> set(less) + ".containsAny(" + set(less) + ")",
                    () -> set(less) + ".isEmpty()",
                    () -> holder(less) + any(() -> ".ok", () -> "[\"if\"]"),
                    () -> choice(less, () -> truth(less)));
        });
    }

    private String choice(int depth, Supplier<String> branch) {
        return "(if " + truth(depth) + " then " + branch.get() + " else " + branch.get() + ")";
    }

    private String attributeName() {
        String name = one(NAMES);
        return name.equals("if") || name.equals("中") || random.nextBoolean() ? quoted(name) : name;
    }

    private String number(int depth) {
        return wrong(depth - 1, () -> {
            String literal = String.valueOf(NUMBERS[random.nextInt(NUMBERS.length)]);
            if (depth <= 0) {
                return literal;
            }
            int less = depth - 1;
            return any(
                    () -> literal,
                    () -> "(" + number(less) + one(List.of(" + ", " - ", " * ")) + number(less) + ")",
                    () -> "-(" + number(less) + ")",
                    () -> holder(less) + ".age",
                    () -> choice(less, () -> number(less)));
        });
    }

    private String text(int depth) {
        return wrong(
                depth - 1,
                () -> any(
                        () -> quoted(one(TEXTS)),
                        () -> holder(depth - 1) + ".name",
                        () -> holder(depth - 1) + "[\"中\"]"));
    }

    private String entity(int depth) {
        return wrong(
                depth - 1,
                () -> any(() -> "principal", () -> "resource", () -> name(id()), () -> holder(depth - 1) + ".owner"));
    }

    private String entities(int depth) {
        return "[" + entity(depth) + ", " + name(id()) + "]";
    }

    private String set(int depth) {
        return wrong(
                depth - 1,
                () -> any(
                        () -> "[]",
                        () -> "[" + quoted(one(TEXTS)) + ", " + quoted(one(TEXTS)) + "]",
                        () -> "[" + expression(depth > 0 ? 0 : depth) + "]",
                        () -> holder(depth - 1) + ".tags"));
    }

    private String fields(int depth) {
        return depth <= 0 ? "context" : "{age: " + number(depth - 1) + ", \"if\": " + truth(depth - 1) + "}";
    }

    private String holder(int depth) {
        return depth <= 0
                ? one(List.of("principal", "resource", "context"))
                : any(
                        () -> "principal",
                        () -> "resource",
                        () -> "context",
                        () -> "context.more",
                        () -> "(" + entity(depth - 1) + ")",
                        () -> fields(depth - 1));
    }
}
