package org.candor.template.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.template.internal.Expression.Operator;

/** The tests that a template can name. */
final class Tests {
    private static final Map<String, BuiltinTest> ALL = table();

    private Tests() {}

    /** A test, or null. */
    static BuiltinTest named(String name) {
        return ALL.get(name);
    }

    private static Map<String, BuiltinTest> table() {
        Map<String, BuiltinTest> tests = new HashMap<>();
        put(tests, "defined", (v, a, r) -> !(v instanceof Undefined));
        put(tests, "undefined", (v, a, r) -> v instanceof Undefined);
        put(tests, "none", (v, a, r) -> v == null);
        put(tests, "true", (v, a, r) -> Boolean.TRUE.equals(v));
        put(tests, "false", (v, a, r) -> Boolean.FALSE.equals(v));
        put(tests, "boolean", (v, a, r) -> v instanceof Boolean);
        put(tests, "number", (v, a, r) -> Numbers.isNumber(v));
        put(tests, "integer", (v, a, r) -> Numbers.isInteger(v) && !(v instanceof Boolean));
        put(tests, "float", (v, a, r) -> v instanceof Double);
        put(tests, "string", (v, a, r) -> Types.isText(v));
        put(tests, "mapping", (v, a, r) -> v instanceof Dict);
        put(tests, "sequence", (v, a, r) -> sequence(v));
        put(
                tests,
                "iterable",
                (v, a, r) -> sequence(v) || v instanceof Dict.View || v instanceof Generator || v instanceof Loop);
        put(tests, "callable", (v, a, r) -> v instanceof Callable || v instanceof Undefined);
        put(tests, "escaped", (v, a, r) -> v instanceof Markup);
        put(tests, "lower", (v, a, r) -> Letters.lower(Printer.text(v, r.budget())));
        put(tests, "upper", (v, a, r) -> Letters.upper(Printer.text(v, r.budget())));
        put(tests, "filter", (v, a, r) -> Types.isText(v) && Filters.named(Types.text(v)) != null);
        put(tests, "test", (v, a, r) -> Types.isText(v) && named(Types.text(v)) != null);
        put(tests, "odd", (v, a, r) -> remainder(v, 2L, r) == 1);
        put(tests, "even", (v, a, r) -> remainder(v, 2L, r) == 0);
        put(tests, "divisibleby", "num", (v, a, r) -> remainder(v, a.get(0), r) == 0);
        put(tests, "sameas", "other", (v, a, r) -> same(v, a.get(0)));
        put(tests, "in", "seq", (v, a, r) -> Operations.contains(a.get(0), v, r.budget()));
        for (String name : List.of("eq", "equalto", "==")) {
            put(tests, name, "b", (v, a, r) -> Operations.equal(v, a.get(0), r.budget()));
        }
        for (String name : List.of("ne", "!=")) {
            put(tests, name, "b", (v, a, r) -> !Operations.equal(v, a.get(0), r.budget()));
        }
        for (String name : List.of("lt", "lessthan", "<")) {
            put(tests, name, "b", (v, a, r) -> ordered("<", v, a, r, o -> o < 0));
        }
        for (String name : List.of("le", "<=")) {
            put(tests, name, "b", (v, a, r) -> ordered("<=", v, a, r, o -> o <= 0));
        }
        for (String name : List.of("gt", "greaterthan", ">")) {
            put(tests, name, "b", (v, a, r) -> ordered(">", v, a, r, o -> o > 0));
        }
        for (String name : List.of("ge", ">=")) {
            put(tests, name, "b", (v, a, r) -> ordered(">=", v, a, r, o -> o >= 0));
        }
        return Map.copyOf(tests);
    }

    private static void put(Map<String, BuiltinTest> tests, String name, BuiltinTest.Body body) {
        tests.put(name, new BuiltinTest(name, List.of(), body));
    }

    private static void put(Map<String, BuiltinTest> tests, String name, String argument, BuiltinTest.Body body) {
        tests.put(name, new BuiltinTest(name, List.of(argument), body));
    }

    private static boolean sequence(Object value) {
        return Types.isText(value)
                || value instanceof List<?>
                || value instanceof Tuple
                || value instanceof Dict
                || value instanceof NumberRange
                || value instanceof Bytes
                || value instanceof Undefined;
    }

    private static double remainder(Object value, Object by, Rendering rendering) {
        Object remainder = Operations.binary(Operator.MODULO, value, by, rendering.budget());
        return Numbers.isNumber(remainder) ? Numbers.real(remainder) : Double.NaN;
    }

    private static boolean ordered(
            String operator,
            Object value,
            Arguments.Bound bound,
            Rendering rendering,
            java.util.function.IntPredicate is) {
        Integer order = Operations.order(operator, value, bound.get(0), rendering.budget());
        return order != null && is.test(order);
    }

    /** Identity of objects; numbers and texts, which Java boxes at will, are the same if they are equal and of one type. */
    private static boolean same(Object a, Object b) {
        return a == b
                || (a != null
                        && b != null
                        && a.getClass() == b.getClass()
                        && (a instanceof Long || a instanceof Boolean || a instanceof String)
                        && a.equals(b));
    }
}
