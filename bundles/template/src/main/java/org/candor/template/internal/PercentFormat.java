package org.candor.template.internal;

import java.util.List;

/** Python's {@code text % values} (Python library reference, "printf-style String Formatting"). */
final class PercentFormat {
    private final String format;
    private final Budget budget;
    private final Object values;
    private final List<Object> inOrder;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int taken;

    private PercentFormat(String format, Object values, Budget budget) {
        this.format = format;
        this.values = values;
        this.budget = budget;
        this.inOrder = values instanceof Tuple tuple ? tuple.items() : java.util.Collections.singletonList(values);
    }

    /** The result is HTML if the format is, and the values are escaped then. */
    static Object format(Object format, Object values, Budget budget) {
        if (format instanceof Markup markup) {
            return new Markup(new PercentFormat(markup.text(), escaped(values, budget), budget).run());
        }
        return new PercentFormat((String) format, values, budget).run();
    }

    private static Object escaped(Object values, Budget budget) {
        return switch (values) {
            case Tuple tuple ->
                new Tuple(tuple.items().stream()
                        .map(item -> escaped(item, budget))
                        .toList());
            case Dict dict -> {
                Dict made = new Dict();
                dict.entries().forEach(entry -> made.put(entry.key(), escaped(entry.value(), budget)));
                yield made;
            }
            case String text -> Markup.escape(text);
            case null, default -> values;
        };
    }

    private String run() {
        while (at < format.length()) {
            int sign = format.indexOf('%', at);
            if (sign < 0) {
                out.append(format, at, format.length());
                break;
            }
            out.append(format, at, sign);
            at = sign + 1;
            conversion();
        }
        if (taken < inOrder.size() && !(values instanceof Dict) && (values instanceof Tuple || taken == 0)) {
            if (!(values instanceof List<?>) || values instanceof Tuple) {
                throw Fault.evaluation("not all arguments converted during string formatting");
            }
        }
        budget.characters(out.length());
        return out.toString();
    }

    private void conversion() {
        Object named = null;
        boolean byName = false;
        if (peek() == '(') {
            int end = format.indexOf(')', at);
            if (end < 0) {
                throw Fault.evaluation("incomplete format key");
            }
            if (!(values instanceof Dict dict)) {
                throw Fault.evaluation("format requires a mapping");
            }
            String key = format.substring(at + 1, end);
            if (!dict.contains(key)) {
                throw Fault.evaluation("the format's key '" + Source.shortened(key) + "' is not there");
            }
            named = dict.get(key, null);
            byName = true;
            at = end + 1;
        }
        String flags = "";
        while ("#0- +".indexOf(peek()) >= 0) {
            flags += flags.indexOf(peek()) < 0 ? String.valueOf(peek()) : "";
            at++;
        }
        int width = number();
        if (width < 0 && width != Integer.MIN_VALUE) {
            flags += "-";
            width = -width;
        }
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(0, number());
        }
        while ("hlL".indexOf(peek()) >= 0) {
            at++;
        }
        char type = peek();
        at++;
        if (type == '%') {
            out.append('%');
            return;
        }
        if ("diouxXeEfFgGcrsa".indexOf(type) < 0) {
            throw Fault.evaluation("unsupported format character '" + type + "'");
        }
        Object value = byName ? named : next();
        pad(text(value, type, flags, precision), flags, Math.max(0, width), type);
    }

    private char peek() {
        if (at >= format.length()) {
            throw Fault.evaluation("incomplete format");
        }
        return format.charAt(at);
    }

    /** A number, a star's value, or {@code Integer.MIN_VALUE} where there is none. */
    private int number() {
        if (peek() == '*') {
            at++;
            Object value = next();
            if (!Numbers.isInteger(value)) {
                throw Fault.evaluation("* wants int");
            }
            return Math.max(-Integer.MAX_VALUE, Numbers.clamped(value));
        }
        int from = at;
        long value = 0;
        while (peek() >= '0' && peek() <= '9') {
            value = Math.min(Integer.MAX_VALUE, value * 10 + peek() - '0');
            at++;
        }
        return at == from ? Integer.MIN_VALUE : (int) value;
    }

    private Object next() {
        if (values instanceof Dict && taken > 0 || taken >= inOrder.size()) {
            throw Fault.evaluation("not enough arguments for format string");
        }
        return inOrder.get(taken++);
    }

    /** Sign and digits, or text. */
    private String text(Object value, char type, String flags, int precision) {
        switch (type) {
            case 's', 'r', 'a' -> {
                String text = type == 's' ? Printer.text(value, budget) : Printer.repr(value, budget);
                int count = CodePoints.count(text, budget);
                return precision >= 0 && precision < count ? CodePoints.part(text, count, 0, precision) : text;
            }
            case 'c' -> {
                return character(value);
            }
            default -> {}
        }
        Operations.used(value);
        if (!Numbers.isNumber(value)) {
            throw Fault.evaluation("%" + type + " format: a number is required, not " + Types.name(value));
        }
        boolean alternate = flags.indexOf('#') >= 0;
        boolean negative;
        String digits;
        if ("diouxX".indexOf(type) >= 0) {
            if (value instanceof Double && "diu".indexOf(type) < 0) {
                throw Fault.evaluation("%" + type + " format: an integer is required, not float");
            }
            Object integer = value instanceof Double real ? Numbers.truncate(real) : value;
            negative = Numbers.big(integer).signum() < 0;
            digits = NumberFormat.integer(Numbers.big(integer).abs(), type, false);
            digits = "0".repeat(Math.max(0, NumberFormat.precision(precision) - digits.length())) + digits;
            digits = alternate && "xXo".indexOf(type) >= 0 ? "0" + type + digits : digits;
        } else {
            double real = Numbers.real(value);
            negative = real < 0 || (real == 0 && 1 / real < 0);
            digits = NumberFormat.real(
                    Math.abs(real), type, precision < 0 ? 6 : NumberFormat.precision(precision), alternate);
        }
        return (negative ? "-" : flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "") + digits;
    }

    private static String character(Object value) {
        if (Types.isText(value)
                && Types.text(value).codePointCount(0, Types.text(value).length()) == 1) {
            return Types.text(value);
        }
        if (Numbers.isInteger(value) && Character.isValidCodePoint(Numbers.clamped(value))) {
            return Character.toString(Numbers.clamped(value));
        }
        throw Fault.evaluation("%c requires int or char");
    }

    private void pad(String text, String flags, int width, char type) {
        int missing = Math.max(0, width - CodePoints.count(text, budget));
        budget.characters((long) out.length() + text.length() + missing);
        if (flags.indexOf('-') >= 0) {
            out.append(text).repeat(' ', missing);
        } else if (flags.indexOf('0') >= 0 && "crsa".indexOf(type) < 0) {
            int sign = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
            int prefix = sign + (text.startsWith("0x", sign) || text.startsWith("0X", sign) ? 2 : 0);
            out.append(text, 0, prefix).repeat('0', missing).append(text, prefix, text.length());
        } else {
            out.repeat(' ', missing).append(text);
        }
    }
}
