package org.candor.template.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/** Values as Python prints them: {@code str} and {@code repr}. */
final class Printer {
    private final StringBuilder out = new StringBuilder();
    private final Budget budget;

    private Printer(Budget budget) {
        this.budget = budget;
    }

    /** Python's {@code str(value)}. */
    static String text(Object value, Budget budget) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Undefined undefined -> "";
            case null, default -> repr(value, budget);
        };
    }

    /** Python's {@code repr(value)}. */
    static String repr(Object value, Budget budget) {
        Printer printer = new Printer(budget);
        printer.print(value, 0);
        String text = printer.out.toString();
        budget.characters(text.length());
        return text;
    }

    /** For messages: numbers and names, anything else by its type. */
    static String brief(Object value) {
        return switch (value) {
            case null -> "None";
            case Long number -> number.toString();
            case Boolean flag -> flag ? "True" : "False";
            case Double number -> real(number);
            case String text -> "'" + Source.shortened(text) + "'";
            default -> Types.name(value);
        };
    }

    private void print(Object value, int depth) {
        Budget.valueDepth(depth);
        budget.step();
        // Checked on the way, because a value can hold the same list a million times.
        if (out.length() > (1 << 16)) {
            checkLength();
        }
        switch (value) {
            case null -> out.append("None");
            case Boolean flag -> out.append(flag ? "True" : "False");
            case Long number -> out.append(number.longValue());
            case BigInteger number -> out.append(integer(number));
            case Double number -> out.append(real(number));
            case String text -> quoted(text);
            case Markup markup -> {
                out.append("Markup(");
                quoted(markup.text());
                out.append(')');
            }
            case Undefined undefined -> out.append("Undefined");
            case Tuple tuple -> {
                sequence('(', tuple.items(), depth);
                out.append(tuple.items().size() == 1 ? ",)" : ")");
            }
            case List<?> list -> {
                sequence('[', list, depth);
                out.append(']');
            }
            case Dict dict -> members(dict, depth);
            case Dict.View view -> {
                out.append(view.kind()).append("(");
                sequence('[', view.items(), depth);
                out.append("])");
            }
            case NumberRange range -> out.append(range.printed());
            case Bytes bytes -> out.append(bytes.printed());
            case Namespace namespace -> {
                out.append("<Namespace ");
                members(namespace.asDict(), depth);
                out.append('>');
            }
            case Macro macro -> out.append("<Macro '").append(macro.name()).append("'>");
            case Callable.Function function ->
                out.append("<function ").append(function.name()).append('>');
            // Python prints an address here, which no template can want.
            default -> out.append('<').append(Types.name(value)).append(" object>");
        }
    }

    private void checkLength() {
        if (out.length() > budget.mostCharacters()) {
            budget.characters(out.length());
        }
    }

    private void sequence(char open, List<?> items, int depth) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                out.append(", ");
            }
            print(items.get(i), depth + 1);
        }
    }

    private void members(Dict dict, int depth) {
        out.append('{');
        boolean first = true;
        for (Dict.Entry entry : dict.entries()) {
            if (!first) {
                out.append(", ");
            }
            first = false;
            print(entry.key(), depth + 1);
            out.append(": ");
            print(entry.value(), depth + 1);
        }
        out.append('}');
    }

    /** In single quotes unless the text holds one and no double quote; what cannot be printed is escaped. */
    private void quoted(String text) {
        budget.work(text.length());
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (printable(c)) {
                        out.appendCodePoint(c);
                    } else if (c < 0x100) {
                        out.append(String.format("\\x%02x", c));
                    } else if (c < 0x10000) {
                        out.append(String.format("\\u%04x", c));
                    } else {
                        out.append(String.format("\\U%08x", c));
                    }
                }
            }
        }
        out.append(quote);
    }

    /** Python's {@code str.isprintable}. */
    static boolean printable(int c) {
        if (c < 127) {
            return c >= ' ';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR -> false;
            default -> true;
        };
    }

    static String integer(BigInteger number) {
        String digits = number.toString();
        if (digits.length() > Numbers.MOST_DIGITS + (number.signum() < 0 ? 1 : 0)) {
            throw Fault.limit("a number of more than " + Numbers.MOST_DIGITS + " digits cannot be printed");
        }
        return digits;
    }

    /** Python's {@code repr(float)}: the shortest digits that read back, with an exponent below 1e-4 and from 1e16. */
    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - shortest.scale() - 1;
        String sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
            return sign + digits.charAt(0) + fraction + "e" + power;
        }
        String plain = shortest.toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }
}
