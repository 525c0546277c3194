package org.candor.template.internal;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** JSON as Python's {@code json.dumps} writes it. */
final class Json {
    private final StringBuilder out = new StringBuilder();
    private final Budget budget;
    private final Style style;

    /**
     * How it looks.
     *
     * @param ascii whether everything above 126 is escaped
     * @param indent what a level is indented with; null for one line
     */
    record Style(boolean ascii, String indent, String itemSeparator, String keySeparator, boolean sorted) {}

    private Json(Budget budget, Style style) {
        this.budget = budget;
        this.style = style;
    }

    static String write(Object value, Style style, Budget budget) {
        Json json = new Json(budget, style);
        json.value(value, 0);
        budget.characters(json.out.length());
        return json.out.toString();
    }

    private void value(Object value, int depth) {
        Budget.valueDepth(depth);
        budget.step();
        if (out.length() > budget.mostCharacters()) {
            budget.characters(out.length());
        }
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag ? "true" : "false");
            case Long number -> out.append(number.longValue());
            case BigInteger number -> out.append(Printer.integer(number));
            case Double number -> out.append(real(number));
            case String text -> text(text);
            case Markup markup -> text(markup.text());
            case Tuple tuple -> list(tuple.items(), depth);
            case List<?> list -> list(list, depth);
            case Dict dict -> object(dict, depth);
            default -> throw Fault.evaluation("tojson: a value of type " + Types.name(value) + " has no JSON form");
        }
    }

    private static String real(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        return Double.isInfinite(number) ? number > 0 ? "Infinity" : "-Infinity" : Printer.real(number);
    }

    private void list(List<?> items, int depth) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(style.itemSeparator());
            }
            newLine(depth + 1);
            value(items.get(i), depth + 1);
        }
        newLine(depth);
        out.append(']');
    }

    private void object(Dict dict, int depth) {
        if (dict.size() == 0) {
            out.append("{}");
            return;
        }
        List<Dict.Entry> entries = new ArrayList<>();
        dict.entries().forEach(entries::add);
        if (style.sorted()) {
            entries = Sorting.sort(List.copyOf(entries), entry -> ((Dict.Entry) entry).key(), false, budget).stream()
                    .map(Dict.Entry.class::cast)
                    .toList();
        }
        out.append('{');
        boolean first = true;
        for (Dict.Entry entry : entries) {
            if (!first) {
                out.append(style.itemSeparator());
            }
            first = false;
            newLine(depth + 1);
            text(key(entry.key()));
            out.append(style.keySeparator());
            value(entry.value(), depth + 1);
        }
        newLine(depth);
        out.append('}');
    }

    private static String key(Object key) {
        return switch (key) {
            case null -> "null";
            case String text -> text;
            case Markup markup -> markup.text();
            case Boolean flag -> flag ? "true" : "false";
            case Long number -> number.toString();
            case BigInteger number -> Printer.integer(number);
            case Double number -> real(number);
            default -> throw Fault.evaluation("tojson: keys are str, int, float, bool or None, not " + Types.name(key));
        };
    }

    private void newLine(int depth) {
        if (style.indent() != null) {
            budget.characters((long) style.indent().length() * depth);
            out.append('\n').repeat(style.indent(), depth);
        }
    }

    private void text(String text) {
        budget.work(text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < ' ' || (style.ascii() && c > '~')) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
