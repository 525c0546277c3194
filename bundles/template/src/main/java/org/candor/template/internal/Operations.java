package org.candor.template.internal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.candor.template.internal.Expression.Operator;

/** Python's operators on a template's values. */
final class Operations {
    private Operations() {}

    /** Python's {@code bool(value)}. */
    static boolean truth(Object value) {
        return switch (value) {
            case null -> false;
            case Boolean flag -> flag;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case Markup markup -> !markup.text().isEmpty();
            case Undefined undefined -> false;
            case Tuple tuple -> !tuple.items().isEmpty();
            case List<?> list -> !list.isEmpty();
            case Dict dict -> dict.size() > 0;
            case Dict.View view -> !view.items().isEmpty();
            case NumberRange range -> range.size() > 0;
            case Bytes bytes -> bytes.bytes().length > 0;
            default -> true;
        };
    }

    /** Python's {@code a == b}. */
    static boolean equal(Object a, Object b, Budget budget) {
        return equal(a, b, 0, budget);
    }

    private static boolean equal(Object a, Object b, int depth, Budget budget) {
        Budget.valueDepth(depth);
        budget.step();
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            Integer order = Numbers.compare(a, b);
            return order != null && order == 0;
        }
        if (Types.isText(a) && Types.isText(b)) {
            String text = Types.text(a);
            budget.work(text.length());
            return text.equals(Types.text(b));
        }
        if (a instanceof Tuple x && b instanceof Tuple y) {
            return equalItems(x.items(), y.items(), depth, budget);
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return equalItems(x, y, depth, budget);
        }
        if (a instanceof Dict x && b instanceof Dict y) {
            if (x.size() != y.size()) {
                return false;
            }
            for (Dict.Entry entry : x.entries()) {
                Dict.Entry other = y.entry(entry.key());
                if (other == null || !equal(entry.value(), other.value(), depth + 1, budget)) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof NumberRange x && b instanceof NumberRange y) {
            return x.size() == y.size()
                    && (x.size() == 0 || (x.start() == y.start() && (x.size() == 1 || x.step() == y.step())));
        }
        if (a instanceof Bytes x && b instanceof Bytes y) {
            return java.util.Arrays.equals(x.bytes(), y.bytes());
        }
        return a instanceof Undefined ? b instanceof Undefined : a == b;
    }

    private static boolean equalItems(List<?> a, List<?> b, int depth, Budget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i), depth + 1, budget)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Order of two values that have one: numbers, texts by code point, lists and tuples by their items.
     *
     * @return null where one is not a number (NaN), which is neither less nor greater
     */
    static Integer order(String operator, Object a, Object b, Budget budget) {
        return order(operator, a, b, 0, budget);
    }

    private static Integer order(String operator, Object a, Object b, int depth, Budget budget) {
        Budget.valueDepth(depth);
        budget.step();
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        }
        if (Types.isText(a) && Types.isText(b)) {
            return CodePoints.compare(Types.text(a), Types.text(b));
        }
        List<?> x = a instanceof Tuple tuple ? tuple.items() : a instanceof List<?> list ? list : null;
        List<?> y = b instanceof Tuple tuple ? tuple.items() : b instanceof List<?> list ? list : null;
        if (x != null && y != null && a instanceof Tuple == b instanceof Tuple) {
            for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
                if (x.get(i) != y.get(i) && !equal(x.get(i), y.get(i), depth + 1, budget)) {
                    return order(operator, x.get(i), y.get(i), depth + 1, budget);
                }
            }
            return Integer.compare(x.size(), y.size());
        }
        used(a);
        used(b);
        throw Fault.evaluation("'" + operator + "' not supported between instances of '" + Types.name(a) + "' and '"
                + Types.name(b) + "'");
    }

    /** Fails if a value is undefined. */
    static void used(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
    }

    static Object binary(Operator operator, Object a, Object b, Budget budget) {
        used(a);
        if (operator == Operator.MODULO && Types.isText(a)) {
            return PercentFormat.format(a, b, budget);
        }
        used(b);
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return switch (operator) {
                case ADD -> Numbers.add(a, b);
                case SUBTRACT -> Numbers.subtract(a, b);
                case MULTIPLY -> Numbers.multiply(a, b);
                case DIVIDE -> Numbers.divide(a, b);
                case FLOOR_DIVIDE -> Numbers.floorDivide(a, b);
                case MODULO -> Numbers.modulo(a, b);
                case POWER -> Numbers.power(a, b);
            };
        }
        if (operator == Operator.ADD) {
            return add(a, b, budget);
        }
        if (operator == Operator.MULTIPLY && Numbers.isInteger(b) && repeatable(a)) {
            return repeat(a, Math.max(0, Numbers.clamped(b)), budget);
        }
        if (operator == Operator.MULTIPLY && Numbers.isInteger(a) && repeatable(b)) {
            return repeat(b, Math.max(0, Numbers.clamped(a)), budget);
        }
        throw unsupported(operator, a, b);
    }

    private static Fault unsupported(Operator operator, Object a, Object b) {
        return Fault.evaluation("unsupported operand type(s) for " + operator.sign() + ": '" + Types.name(a) + "' and '"
                + Types.name(b) + "'");
    }

    private static Object add(Object a, Object b, Budget budget) {
        if (Types.isText(a)) {
            if (!Types.isText(b)) {
                throw Fault.evaluation("can only concatenate str (not \"" + Types.name(b) + "\") to str");
            }
            if (a instanceof Markup || b instanceof Markup) {
                Markup x = Markup.of(a, budget);
                Markup y = Markup.of(b, budget);
                budget.characters((long) x.text().length() + y.text().length());
                return new Markup(x.text() + y.text());
            }
            budget.characters((long) Types.text(a).length() + Types.text(b).length());
            return Types.text(a) + Types.text(b);
        }
        if (a instanceof Tuple x && b instanceof Tuple y) {
            return new Tuple(joined(x.items(), y.items(), budget));
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return joined(x, y, budget);
        }
        if (a instanceof List<?> || a instanceof Tuple) {
            String type = Types.name(a);
            throw Fault.evaluation("can only concatenate " + type + " (not \"" + Types.name(b) + "\") to " + type);
        }
        throw unsupported(Operator.ADD, a, b);
    }

    private static List<Object> joined(List<?> a, List<?> b, Budget budget) {
        budget.items((long) a.size() + b.size());
        List<Object> joined = new ArrayList<>(a.size() + b.size());
        joined.addAll(a);
        joined.addAll(b);
        return joined;
    }

    private static boolean repeatable(Object value) {
        return Types.isText(value) || value instanceof List<?> || value instanceof Tuple;
    }

    private static Object repeat(Object value, int times, Budget budget) {
        if (Types.isText(value)) {
            String text = Types.text(value);
            budget.characters((long) text.length() * times);
            String repeated = text.repeat(times);
            return value instanceof Markup ? new Markup(repeated) : repeated;
        }
        List<?> items = value instanceof Tuple tuple ? tuple.items() : (List<?>) value;
        budget.items((long) items.size() * times);
        List<Object> repeated = new ArrayList<>(items.size() * times);
        if (!items.isEmpty()) {
            for (int i = 0; i < times; i++) {
                repeated.addAll(items);
            }
        }
        return value instanceof Tuple ? new Tuple(repeated) : repeated;
    }

    /** Python's {@code item in container}. */
    static boolean contains(Object container, Object item, Budget budget) {
        if (Types.isText(container)) {
            if (!Types.isText(item)) {
                used(item);
                throw Fault.evaluation("'in <string>' requires string as left operand, not " + Types.name(item));
            }
            budget.work(Types.text(container).length());
            return Types.text(container).contains(Types.text(item));
        }
        if (container instanceof Dict dict) {
            return dict.contains(item);
        }
        if (container instanceof Namespace) {
            throw Fault.evaluation("argument of type 'Namespace' is not iterable");
        }
        Iterator<Object> items = iterator(container, budget);
        while (items.hasNext()) {
            if (equal(item, items.next(), budget)) {
                return true;
            }
        }
        return false;
    }

    /** Python's {@code iter(value)}. */
    static Iterator<Object> iterator(Object value, Budget budget) {
        return switch (value) {
            case Generator generator -> generator.items();
            case String text -> CodePoints.iterator(text);
            case Markup markup -> CodePoints.iterator(markup.text());
            case null, default -> items(value, budget).iterator();
        };
    }

    /** All items of a value. A list is given as it is. */
    static List<Object> items(Object value, Budget budget) {
        return switch (value) {
            case Tuple tuple -> tuple.items();
            case List<?> list -> java.util.Collections.unmodifiableList(list);
            case Dict dict -> {
                budget.items(dict.size());
                yield dict.keys();
            }
            case Dict.View view -> view.items();
            case NumberRange range -> range.items();
            case Undefined undefined -> List.of();
            case String text -> characters(text, budget);
            case Markup markup -> characters(markup.text(), budget);
            case Generator generator -> {
                List<Object> items = new ArrayList<>();
                while (generator.items().hasNext()) {
                    budget.step();
                    if (items.size() % 1024 == 0) {
                        budget.items(1024);
                    }
                    items.add(generator.items().next());
                }
                yield items;
            }
            case null, default -> throw Fault.evaluation("'" + Types.name(value) + "' object is not iterable");
        };
    }

    private static List<Object> characters(String text, Budget budget) {
        budget.items(text.length());
        List<Object> characters = new ArrayList<>(text.length());
        CodePoints.iterator(text).forEachRemaining(characters::add);
        return characters;
    }

    /** Python's {@code len(value)}. */
    static long length(Object value, Budget budget) {
        return switch (value) {
            case String text -> CodePoints.count(text, budget);
            case Markup markup -> CodePoints.count(markup.text(), budget);
            case Tuple tuple -> tuple.items().size();
            case List<?> list -> list.size();
            case Dict dict -> dict.size();
            case Dict.View view -> view.items().size();
            case NumberRange range -> range.size();
            case Bytes bytes -> bytes.bytes().length;
            case Loop loop -> loop.length();
            case Undefined undefined -> 0;
            case null, default -> throw Fault.evaluation("object of type '" + Types.name(value) + "' has no len()");
        };
    }
}
