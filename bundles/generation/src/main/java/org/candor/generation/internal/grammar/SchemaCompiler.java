package org.candor.generation.internal.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a JSON schema (draft 2020-12) into rules. What the rules allow is always valid; not everything valid is allowed:
 * integers are written without fraction and exponent, numbers have limits. A keyword that cannot be guaranteed is refused.
 */
final class SchemaCompiler {
    private static final List<String> TYPES =
            List.of("object", "array", "string", "number", "integer", "boolean", "null");

    /** Keywords that say nothing about validity. */
    private static final Set<String> ANNOTATIONS = Set.of(
            "$schema",
            "$comment",
            "$defs",
            "definitions",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "format",
            "contentEncoding",
            "contentMediaType",
            "contentSchema");

    private static final Set<String> CONSTRAINTS = Set.of(
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "pattern",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf");

    private static final int MAX_ITEMS = 1 << 20;
    private static final int MAX_RULES = 20_000;

    private static final int MAX_DEPTH = 400;

    private final Object root;
    private int depth;
    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, Rule.Either> references = new HashMap<>();
    private Rule.Either anything;

    SchemaCompiler(Object root) {
        this.root = root;
    }

    Rule compile() {
        Rule rule = rule(root, "#");
        refuseCircles();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Rule each : rules) {
                if (!each.productive && each.derive()) {
                    each.productive = true;
                    changed = true;
                }
            }
        }
        if (!rule.productive) {
            throw new UnsupportedSchemaException(
                    "#", root instanceof Boolean ? "false: no value satisfies it" : "no value satisfies it");
        }
        return rule;
    }

    /** Alternatives that lead back to themselves before a byte is read. */
    private void refuseCircles() {
        Set<Rule> done = new HashSet<>();
        for (Rule rule : rules) {
            refuseCircles(rule, new LinkedHashSet<>(), done);
        }
    }

    private static void refuseCircles(Rule rule, Set<Rule> above, Set<Rule> done) {
        if (rule instanceof Rule.Either either && !done.contains(rule)) {
            if (!above.add(rule)) {
                throw new UnsupportedSchemaException("#", "a $ref leads back to itself without a value in between");
            }
            either.options.forEach(option -> refuseCircles(option, above, done));
            above.remove(rule);
            done.add(rule);
        }
    }

    private Rule rule(Object schema, String place) {
        if (++depth > MAX_DEPTH) {
            throw new UnsupportedSchemaException(place, "schemas are nested more than " + MAX_DEPTH + " deep");
        }
        try {
            return unbounded(schema, place);
        } finally {
            depth--;
        }
    }

    private Rule unbounded(Object schema, String place) {
        if (schema instanceof Boolean any) {
            return any ? anything() : either(List.of());
        }
        Map<String, Object> keywords = object(schema, place);
        for (String keyword : keywords.keySet()) {
            if (!ANNOTATIONS.contains(keyword)
                    && !CONSTRAINTS.contains(keyword)
                    && !Set.of("enum", "const", "anyOf", "$ref").contains(keyword)) {
                throw new UnsupportedSchemaException(
                        place, "the keyword \"" + keyword + "\" cannot be guaranteed by a grammar");
            }
        }
        if (keywords.containsKey("$ref")) {
            alone(keywords, "$ref", Set.of(), place);
            return reference(keywords.get("$ref"), place);
        }
        if (keywords.containsKey("anyOf")) {
            alone(keywords, "anyOf", Set.of(), place);
            List<Object> options = list(keywords.get("anyOf"), place + "/anyOf");
            List<Rule> compiled = new ArrayList<>();
            for (int i = 0; i < options.size(); i++) {
                compiled.add(rule(options.get(i), place + "/anyOf/" + i));
            }
            return either(compiled);
        }
        Set<String> types = types(keywords, place);
        for (String keyword : List.of("enum", "const")) {
            if (keywords.containsKey(keyword)) {
                alone(keywords, keyword, Set.of("type"), place);
                List<Object> values = keyword.equals("enum")
                        ? list(keywords.get("enum"), place + "/enum")
                        : Arrays.asList(keywords.get("const"));
                return either(values.stream()
                        .filter(value -> isOf(value, types))
                        .map(value -> constant(value, place + "/" + keyword))
                        .toList());
            }
        }
        return ofTypes(keywords, types, place);
    }

    /** Two sets of constraints on one value would need their intersection. */
    private static void alone(Map<String, Object> keywords, String keyword, Set<String> beside, String place) {
        for (String other : keywords.keySet()) {
            if (!other.equals(keyword) && !ANNOTATIONS.contains(other) && !beside.contains(other)) {
                throw new UnsupportedSchemaException(
                        place,
                        "the keyword \"" + other + "\" beside \"" + keyword + "\" cannot be guaranteed by a grammar");
            }
        }
    }

    private Rule reference(Object reference, String place) {
        if (!(reference instanceof String pointer) || !(pointer.equals("#") || pointer.startsWith("#/"))) {
            throw new UnsupportedSchemaException(
                    place, "the $ref " + reference + " is not supported; supported are \"#\" and \"#/...\"");
        }
        Rule.Either known = references.get(pointer);
        if (known == null) {
            known = either(List.of());
            references.put(pointer, known);
            known.options = List.of(rule(find(pointer, place), pointer));
        }
        return known;
    }

    private Object find(String pointer, String place) {
        Object target = root;
        for (String part : pointer.substring(1).split("/", -1)) {
            if (part.isEmpty() && target == root) {
                continue;
            }
            String name = part.replace("~1", "/").replace("~0", "~");
            if (target instanceof Map<?, ?> map && map.containsKey(name)) {
                target = map.get(name);
            } else if (target instanceof List<?> list
                    && name.matches("0|[1-9][0-9]{0,8}")
                    && Integer.parseInt(name) < list.size()) {
                target = list.get(Integer.parseInt(name));
            } else {
                throw new UnsupportedSchemaException(place, "the $ref " + pointer + " leads nowhere");
            }
        }
        return target;
    }

    private static Set<String> types(Map<String, Object> keywords, String place) {
        Object given = keywords.get("type");
        if (!keywords.containsKey("type")) {
            return new LinkedHashSet<>(TYPES);
        }
        Set<String> types = new LinkedHashSet<>();
        for (Object type : given instanceof List<?> list ? list : List.of(given == null ? "null value" : given)) {
            if (!(type instanceof String name) || !TYPES.contains(name)) {
                throw new UnsupportedSchemaException(place + "/type", type + " is not a type; types are " + TYPES);
            }
            types.add(name);
        }
        return types;
    }

    private static boolean isOf(Object value, Set<String> types) {
        return switch (value) {
            case null -> types.contains("null");
            case Boolean any -> types.contains("boolean");
            case String any -> types.contains("string");
            case List<?> any -> types.contains("array");
            case Map<?, ?> any -> types.contains("object");
            case BigDecimal number ->
                types.contains("number")
                        || types.contains("integer")
                                && number.stripTrailingZeros().scale() <= 0;
            default -> throw new IllegalStateException("not a value of JSON: " + value.getClass());
        };
    }

    private Rule ofTypes(Map<String, Object> keywords, Set<String> types, String place) {
        List<Rule> options = new ArrayList<>();
        for (String type : types) {
            switch (type) {
                case "null" -> options.add(plain(Dfa.literal("null")));
                case "boolean" -> {
                    options.add(plain(Dfa.literal("true")));
                    options.add(plain(Dfa.literal("false")));
                }
                case "string" -> options.add(text(ScalarKeywords.string(keywords, place)));
                case "integer" -> {
                    if (!types.contains("number") || keywords.containsKey("multipleOf")) {
                        options.add(plain(ScalarKeywords.integer(keywords, place)));
                    }
                }
                case "number" -> {
                    if (!keywords.containsKey("multipleOf")) {
                        options.add(plain(ScalarKeywords.number(keywords, place)));
                    } else if (!types.contains("integer")) {
                        // Whole multiples are numbers too.
                        options.add(plain(ScalarKeywords.integer(keywords, place)));
                    }
                }
                case "array" -> options.add(array(keywords, place));
                case "object" -> options.add(members(keywords, place));
                default -> throw new IllegalStateException(type);
            }
        }
        return options.size() == 1 ? options.getFirst() : either(options);
    }

    private Rule array(Map<String, Object> keywords, String place) {
        List<Rule> prefix = new ArrayList<>();
        if (keywords.containsKey("prefixItems")) {
            List<Object> items = list(keywords.get("prefixItems"), place + "/prefixItems");
            for (int i = 0; i < items.size(); i++) {
                prefix.add(rule(items.get(i), place + "/prefixItems/" + i));
            }
        }
        Rule rest = keywords.containsKey("items") ? rule(keywords.get("items"), place + "/items") : anything();
        int least = ScalarKeywords.count(keywords, "minItems", 0, MAX_ITEMS, place);
        return add(
                new Rule.Items(prefix, rest, least, ScalarKeywords.count(keywords, "maxItems", -1, MAX_ITEMS, place)));
    }

    private Rule members(Map<String, Object> keywords, String place) {
        Map<String, Object> properties = keywords.containsKey("properties")
                ? object(keywords.get("properties"), place + "/properties")
                : Map.of();
        Object others = keywords.getOrDefault("additionalProperties", true);
        Map<String, Rule> values = new LinkedHashMap<>();
        properties.forEach((name, schema) -> values.put(name, rule(schema, place + "/properties/" + name)));
        Rule otherValues = rule(others, place + "/additionalProperties");
        Set<String> required = new LinkedHashSet<>();
        if (keywords.containsKey("required")) {
            for (Object name : list(keywords.get("required"), place + "/required")) {
                if (!(name instanceof String text)) {
                    throw new UnsupportedSchemaException(place + "/required", name + " is not a string");
                }
                required.add(text);
                values.putIfAbsent(text, otherValues);
            }
        }
        return members(values, required, otherValues, place);
    }

    private Rule members(Map<String, Rule> values, Set<String> required, Rule otherValues, String place) {
        if (values.size() > Rule.Members.MAX_NAMES) {
            throw new UnsupportedSchemaException(
                    place + "/properties",
                    values.size() + " names cannot be guaranteed; " + Rule.Members.MAX_NAMES + " can");
        }
        long bits = 0;
        int index = 0;
        for (String name : values.keySet()) {
            bits |= required.contains(name) ? 1L << index : 0;
            index++;
        }
        return add(new Rule.Members(
                values.keySet().stream().map(Dfa::literal).toList(),
                List.copyOf(values.values()),
                bits,
                Dfa.allBut(values.keySet()),
                otherValues));
    }

    /** This value only; strings with any escapes, members in any order. */
    private Rule constant(Object value, String place) {
        return switch (value) {
            case null -> plain(Dfa.literal("null"));
            case Boolean bool -> plain(Dfa.literal(bool.toString()));
            case String text -> text(Dfa.literal(text));
            case BigDecimal number -> plain(Dfa.literal(canonical(number)));
            case List<?> items ->
                add(new Rule.Items(
                        items.stream().map(item -> constant(item, place)).toList(),
                        either(List.of()),
                        items.size(),
                        items.size()));
            case Map<?, ?> map -> {
                Map<String, Rule> values = new LinkedHashMap<>();
                map.forEach((name, member) -> values.put((String) name, constant(member, place)));
                yield members(values, values.keySet(), either(List.of()), place);
            }
            default -> throw new IllegalStateException("not a value of JSON: " + value.getClass());
        };
    }

    private static String canonical(BigDecimal number) {
        BigDecimal plain = number.stripTrailingZeros();
        return Math.abs((long) plain.scale()) <= 40 ? plain.toPlainString() : plain.toString();
    }

    private Rule anything() {
        if (anything == null) {
            anything = either(List.of());
            anything.options = List.of(ofTypes(Map.of(), new LinkedHashSet<>(TYPES), "#"));
        }
        return anything;
    }

    private Rule.Either either(List<Rule> options) {
        Rule.Either either = new Rule.Either();
        either.options = options;
        add(either);
        return either;
    }

    private Rule plain(Dfa bytes) {
        return add(new Rule.Plain(bytes));
    }

    private Rule text(Dfa content) {
        return add(new Rule.Text(content));
    }

    private Rule add(Rule rule) {
        if (rules.size() >= MAX_RULES) {
            throw new UnsupportedSchemaException("#", "needs more than " + MAX_RULES + " rules");
        }
        rules.add(rule);
        return rule;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value, String place) {
        if (!(value instanceof Map<?, ?>)) {
            throw new UnsupportedSchemaException(place, "is not an object");
        }
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value, String place) {
        if (!(value instanceof List<?>)) {
            throw new UnsupportedSchemaException(place, "is not an array");
        }
        return (List<Object>) value;
    }
}
