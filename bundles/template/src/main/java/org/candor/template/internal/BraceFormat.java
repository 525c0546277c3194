package org.candor.template.internal;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Python's {@code text.format(...)} (Python library reference, "Format String Syntax"). */
final class BraceFormat {
    private static final String TYPES = "bcdeEfFgGnosxX%";

    private final Rendering rendering;
    private final boolean html;
    private final List<Object> positional;
    private final Map<String, Object> named;
    private int automatic;

    private BraceFormat(Rendering rendering, boolean html, List<Object> positional, Map<String, Object> named) {
        this.rendering = rendering;
        this.html = html;
        this.positional = positional;
        this.named = named;
    }

    static Object format(Object format, List<Object> positional, Map<String, Object> named, Rendering rendering) {
        BraceFormat run = new BraceFormat(rendering, format instanceof Markup, positional, named);
        String text = run.expand(Types.text(format), 0);
        rendering.budget().characters(text.length());
        return format instanceof Markup ? new Markup(text) : text;
    }

    static Object formatMap(Object format, Arguments arguments, Rendering rendering) {
        if (!(arguments.bind("format_map()", List.of("mapping")).get(0) instanceof Dict dict)) {
            throw Fault.evaluation("format_map() takes a dict");
        }
        Map<String, Object> named = new java.util.HashMap<>();
        for (Dict.Entry entry : dict.entries()) {
            if (Types.isText(entry.key())) {
                named.put(Types.text(entry.key()), entry.value());
            }
        }
        return format(format, List.of(), named, rendering);
    }

    private String expand(String format, int depth) {
        if (depth > 1) {
            throw Fault.evaluation("format: fields nested more than two deep");
        }
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c == '{' && i < format.length() && format.charAt(i) != '{') {
                int end = closing(format, i);
                text.append(field(format.substring(i, end), depth));
                rendering.budget().characters(text.length());
                i = end + 1;
            } else if (c == '{' || c == '}') {
                if (i >= format.length() || format.charAt(i) != c) {
                    throw Fault.evaluation("format: single '" + c + "'");
                }
                text.append(c);
                i++;
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static int closing(String format, int from) {
        int open = 0;
        boolean bracket = false;
        for (int i = from; i < format.length(); i++) {
            char c = format.charAt(i);
            if (bracket) {
                bracket = c != ']';
            } else if (c == '[') {
                bracket = true;
            } else if (c == '{') {
                open++;
            } else if (c == '}' && open-- == 0) {
                return i;
            }
        }
        throw Fault.evaluation("format: expected '}' before end of string");
    }

    private String field(String field, int depth) {
        int nameEnd = nameEnd(field);
        Object value = value(field.substring(0, nameEnd));
        String rest = field.substring(nameEnd);
        Budget budget = rendering.budget();
        if (rest.startsWith("!")) {
            if (rest.length() < 2
                    || "rsa".indexOf(rest.charAt(1)) < 0
                    || (rest.length() > 2 && rest.charAt(2) != ':')) {
                throw Fault.evaluation("format: expected !r, !s or !a");
            }
            value = rest.charAt(1) == 's' ? Printer.text(value, budget) : Printer.repr(value, budget);
            rest = rest.substring(2);
        }
        String specification = rest.startsWith(":") ? expand(rest.substring(1), depth + 1) : "";
        if (html && !(value instanceof Markup) && Types.isText(value)) {
            value = Markup.escape(Types.text(value));
        }
        return formatted(value, specification);
    }

    private static int nameEnd(String field) {
        boolean bracket = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            bracket = c == '[' || (bracket && c != ']');
            if (!bracket && (c == '!' || c == ':')) {
                return i;
            }
        }
        return field.length();
    }

    private Object value(String name) {
        int end = 0;
        while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
            end++;
        }
        Object value = first(name.substring(0, end));
        int i = end;
        while (i < name.length()) {
            if (name.charAt(i) == '.') {
                int next = i + 1;
                while (next < name.length() && name.charAt(next) != '.' && name.charAt(next) != '[') {
                    next++;
                }
                value = Members.attribute(value, name.substring(i + 1, next));
                i = next;
            } else {
                int close = name.indexOf(']', i);
                if (name.charAt(i) != '[' || close < 0) {
                    throw Fault.evaluation("format: \"" + Source.shortened(name) + "\" is no field name");
                }
                String key = name.substring(i + 1, close);
                value = Members.item(value, isNumber(key) ? (Object) Long.parseLong(key) : key, rendering);
                i = close + 1;
            }
            Operations.used(value);
        }
        return value;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private Object first(String name) {
        if (name.isEmpty() || isNumber(name)) {
            boolean switched = name.isEmpty() ? automatic < 0 : automatic > 0;
            if (switched) {
                throw Fault.evaluation("format: numbered and automatic fields cannot be mixed");
            }
            int index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
            automatic = name.isEmpty() ? automatic : -1;
            if (index >= positional.size()) {
                throw Fault.evaluation("format: there is no argument " + index);
            }
            return positional.get(index);
        }
        if (!named.containsKey(name)) {
            throw Fault.evaluation("format: there is no argument \"" + Source.shortened(name) + "\"");
        }
        return named.get(name);
    }

    /** {@code [[fill]align][sign][#][0][width][,][.precision][type]}. */
    private String formatted(Object value, String specification) {
        Budget budget = rendering.budget();
        if (specification.isEmpty()) {
            return Printer.text(value, budget);
        }
        int[] points = specification.codePoints().toArray();
        int i = 0;
        String fill = " ";
        char align = 0;
        if (points.length > 1 && "<>=^".indexOf(points[1]) >= 0) {
            fill = Character.toString(points[0]);
            align = (char) points[1];
            i = 2;
        } else if ("<>=^".indexOf(points[0]) >= 0) {
            align = (char) points[0];
            i = 1;
        }
        char sign = i < points.length && "+- ".indexOf(points[i]) >= 0 ? (char) points[i++] : '-';
        boolean alternate = i < points.length && points[i] == '#';
        i += alternate ? 1 : 0;
        if (i < points.length && points[i] == '0') {
            fill = align == 0 ? "0" : fill;
            align = align == 0 ? '=' : align;
            i++;
        }
        int[] width = number(points, i);
        i = width[1];
        String group =
                i < points.length && (points[i] == ',' || points[i] == '_') ? Character.toString(points[i++]) : "";
        int precision = -1;
        if (i < points.length && points[i] == '.') {
            int[] parsed = number(points, i + 1);
            if (parsed[1] == i + 1) {
                throw Fault.evaluation("format: the precision is missing");
            }
            precision = parsed[0];
            i = parsed[1];
        }
        char type = i < points.length ? (char) points[i++] : 0;
        if (i < points.length || (type != 0 && TYPES.indexOf(type) < 0)) {
            throw Fault.evaluation("format: \"" + Source.shortened(specification) + "\" is no format specification");
        }
        if (Numbers.isNumber(value) && !(value instanceof Boolean && type == 0)) {
            String[] parts = number(value, type, sign, alternate, group, precision);
            return padded(parts[0], parts[1], fill, align == 0 ? '>' : align, width[0]);
        }
        if (!Types.isText(value) && !(value instanceof Boolean) || (type != 0 && type != 's') || align == '=') {
            throw Fault.evaluation("format: \"" + Source.shortened(specification) + "\" does not fit a value of type "
                    + Types.name(value));
        }
        String text = Printer.text(value, budget);
        int count = CodePoints.count(text, budget);
        String cut = precision >= 0 && precision < count ? CodePoints.part(text, count, 0, precision) : text;
        return padded("", cut, fill, align == 0 ? '<' : align, width[0]);
    }

    private static int[] number(int[] points, int from) {
        long value = 0;
        int i = from;
        while (i < points.length && points[i] >= '0' && points[i] <= '9') {
            value = Math.min(Integer.MAX_VALUE, value * 10 + points[i++] - '0');
        }
        return new int[] {(int) value, i};
    }

    /** Sign and digits. */
    private static String[] number(Object value, char type, char sign, boolean alternate, String group, int precision) {
        boolean real = value instanceof Double || "eEfFgG%".indexOf(type) >= 0 && type != 0;
        boolean negative;
        String digits;
        if (real) {
            double number = Numbers.real(value);
            negative = number < 0 || (number == 0 && 1 / number < 0);
            digits = type == 0 && precision < 0
                    ? Printer.real(Math.abs(number))
                    : NumberFormat.real(
                            Math.abs(number),
                            type == 0 || type == 'n' ? 'g' : type,
                            precision < 0 ? 6 : NumberFormat.precision(precision),
                            alternate);
        } else {
            if (precision >= 0 || type == 's') {
                throw Fault.evaluation("format: that does not fit an int");
            }
            BigInteger number = Numbers.big(value);
            if (type == 'c') {
                return new String[] {"", Character.toString(Numbers.clamped(value))};
            }
            negative = number.signum() < 0;
            digits = NumberFormat.integer(number.abs(), type, alternate);
        }
        return new String[] {negative ? "-" : sign == '-' ? "" : String.valueOf(sign), grouped(digits, group)};
    }

    private static String grouped(String digits, String separator) {
        if (separator.isEmpty()) {
            return digits;
        }
        int whole = 0;
        while (whole < digits.length() && Character.isDigit(digits.charAt(whole))) {
            whole++;
        }
        StringBuilder made = new StringBuilder();
        for (int i = 0; i < whole; i++) {
            made.append(i > 0 && (whole - i) % 3 == 0 ? separator : "").append(digits.charAt(i));
        }
        return made.append(digits, whole, digits.length()).toString();
    }

    private String padded(String sign, String text, String fill, char align, int width) {
        Budget budget = rendering.budget();
        return switch (align) {
            case '=' ->
                sign + TextMethods.pad(text, Math.max(0, width - sign.length()), fill, TextMethods.Side.RIGHT, budget);
            case '<' -> TextMethods.pad(sign + text, width, fill, TextMethods.Side.LEFT, budget);
            case '>' -> TextMethods.pad(sign + text, width, fill, TextMethods.Side.RIGHT, budget);
            default -> {
                int missing = Math.max(0, width - CodePoints.count(sign + text, budget));
                budget.characters((long) missing + sign.length() + text.length());
                yield fill.repeat(missing / 2) + sign + text + fill.repeat(missing - missing / 2);
            }
        };
    }
}
