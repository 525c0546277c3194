package org.candor.template.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/** Filters on single values: numbers, JSON, defaults. */
final class ValueFilters {
    private static final List<String> DECIMAL_UNITS = List.of("kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB");
    private static final List<String> BINARY_UNITS = List.of("KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB");
    /** Widest repr that pprint keeps on one line. */
    private static final int PRETTY_WIDTH = 80;

    private ValueFilters() {}

    static List<BuiltinFilter> all() {
        return List.of(
                new BuiltinFilter(
                        "default",
                        List.of("default_value?", "boolean?"),
                        (v, a, r) -> v instanceof Undefined || (a.flag(1, false) && !Operations.truth(v))
                                ? a.get(0, "")
                                : v),
                new BuiltinFilter("abs", List.of(), (v, a, r) -> {
                    number("abs", v);
                    return v instanceof Double real
                            ? (Object) Math.abs(real)
                            : Numbers.narrow(Numbers.big(v).abs());
                }),
                new BuiltinFilter("int", List.of("default?", "base?"), (v, a, r) -> {
                    Object parsed = toInteger(v, a.integer(1, 10));
                    return parsed == null ? a.get(0, 0L) : parsed;
                }),
                new BuiltinFilter("float", List.of("default?"), (v, a, r) -> {
                    Double parsed = toReal(v);
                    return parsed == null ? a.get(0, 0.0) : parsed;
                }),
                new BuiltinFilter("round", List.of("precision?", "method?"), ValueFilters::round),
                new BuiltinFilter("filesizeformat", List.of("binary?"), (v, a, r) -> size(v, a.flag(0, false))),
                new BuiltinFilter(
                        "tojson", List.of("ensure_ascii?", "indent?", "separators?", "sort_keys?"), ValueFilters::json),
                new BuiltinFilter("attr", List.of("name"), (v, a, r) -> {
                    String name = a.text(0, null);
                    // Of a dict only its own attributes, not its keys.
                    return v instanceof Dict dict && dict.contains(name)
                            ? Members.attribute(new Dict(), name)
                            : Members.attribute(v, name);
                }),
                new BuiltinFilter("pprint", List.of(), (v, a, r) -> {
                    String text = Printer.repr(sorted(v, r.budget(), 0), r.budget());
                    if (text.length() > PRETTY_WIDTH) {
                        throw Fault.evaluation(
                                "pprint: values of more than " + PRETTY_WIDTH + " characters are not supported");
                    }
                    return text;
                }));
    }

    private static void number(String filter, Object value) {
        Operations.used(value);
        if (!Numbers.isNumber(value)) {
            throw Fault.evaluation(filter + ": a number is required, not " + Types.name(value));
        }
    }

    /** Null for what is no number. */
    private static Object toInteger(Object value, int base) {
        Operations.used(value);
        if (Types.isText(value)) {
            BigInteger whole = whole(TextMethods.strip(Types.text(value), null, true, true), base);
            if (whole != null) {
                return Numbers.narrow(whole);
            }
            Double real = toReal(value);
            return real == null || Double.isNaN(real) || Double.isInfinite(real) ? null : Numbers.truncate(real);
        }
        if (value instanceof Double real) {
            return Double.isNaN(real) || Double.isInfinite(real) ? null : Numbers.truncate(real);
        }
        return Numbers.isInteger(value) ? Numbers.narrow(Numbers.big(value)) : null;
    }

    /** Python's {@code int(text, base)}, or null. */
    private static BigInteger whole(String text, int base) {
        if (base != 0 && (base < 2 || base > Character.MAX_RADIX)) {
            return null;
        }
        int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        String digits = text.substring(sign).toLowerCase(Locale.ROOT);
        int radix = base;
        for (String prefix : List.of("0x", "0o", "0b")) {
            int prefixRadix = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : 2;
            if (digits.startsWith(prefix) && (base == prefixRadix || base == 0)) {
                digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
                radix = prefixRadix;
            }
        }
        if (radix == 0) {
            radix = 10;
        }
        boolean wellFormed =
                !digits.isEmpty() && !digits.startsWith("_") && !digits.endsWith("_") && !digits.contains("__");
        String plain = digits.replace("_", "");
        int at = radix;
        if (!wellFormed || !plain.codePoints().allMatch(c -> Character.digit(c, at) >= 0)) {
            return null;
        }
        if (plain.length() > Numbers.MOST_DIGITS) {
            return null;
        }
        BigInteger magnitude = new BigInteger(plain, radix);
        return text.startsWith("-") ? magnitude.negate() : magnitude;
    }

    /** Python's {@code float(value)}, or null for what is no number. */
    private static Double toReal(Object value) {
        Operations.used(value);
        if (Numbers.isNumber(value)) {
            return Numbers.real(value);
        }
        if (!Types.isText(value)) {
            return null;
        }
        String text = TextMethods.strip(Types.text(value), null, true, true).toLowerCase(Locale.ROOT);
        String word = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        int sign = text.startsWith("-") ? -1 : 1;
        if (word.equals("inf") || word.equals("infinity")) {
            return sign * Double.POSITIVE_INFINITY;
        }
        if (word.equals("nan")) {
            return Double.NaN;
        }
        if (word.length() > Numbers.MOST_DIGITS || !REAL.matcher(word).matches()) {
            return null;
        }
        return sign * Double.parseDouble(word.replace("_", ""));
    }

    private static final java.util.regex.Pattern REAL = java.util.regex.Pattern.compile(
            "(?:[0-9]+(?:_[0-9]+)*\\.?(?:[0-9]+(?:_[0-9]+)*)?|\\.[0-9]+(?:_[0-9]+)*)(?:e[-+]?[0-9]+(?:_[0-9]+)*)?");

    private static Object round(Object value, Arguments.Bound arguments, Rendering rendering) {
        number("round", value);
        int precision = Math.max(-400, Math.min(400, arguments.integer(0, 0)));
        String method = arguments.text(1, "common");
        if (method.equals("common")) {
            if (!(value instanceof Double real)) {
                BigDecimal whole = new BigDecimal(Numbers.big(value));
                return Numbers.narrow(
                        precision >= 0
                                ? Numbers.big(value)
                                : whole.setScale(precision, RoundingMode.HALF_EVEN)
                                        .toBigInteger());
            }
            if (Double.isNaN(real) || Double.isInfinite(real)) {
                return real;
            }
            double rounded = new BigDecimal(real)
                    .setScale(precision, RoundingMode.HALF_EVEN)
                    .doubleValue();
            return Math.copySign(rounded, real);
        }
        if (!method.equals("ceil") && !method.equals("floor")) {
            throw Fault.evaluation(
                    "round: method is " + Source.shortened(method) + ", allowed are common, ceil, floor");
        }
        double scale = Math.pow(10, precision);
        double scaled = Numbers.real(value) * scale;
        double rounded = method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled);
        // Python's ceil and floor give ints, which know no negative zero.
        return (rounded + 0.0) / scale;
    }

    private static String size(Object value, boolean binary) {
        Double bytes = toReal(value);
        if (bytes == null) {
            throw Fault.evaluation("filesizeformat: a number is required, not " + Types.name(value));
        }
        int base = binary ? 1024 : 1000;
        List<String> units = binary ? BINARY_UNITS : DECIMAL_UNITS;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return Numbers.truncate(bytes) + " Bytes";
        }
        double unit = base;
        for (int i = 0; ; i++) {
            unit *= base;
            if (bytes < unit || i == units.size() - 1) {
                return NumberFormat.real(base * bytes / unit, 'f', 1, false) + " " + units.get(i);
            }
        }
    }

    private static Object json(Object value, Arguments.Bound arguments, Rendering rendering) {
        Object indent = arguments.get(1, null);
        String level = null;
        if (indent != null) {
            if (Types.isText(indent)) {
                level = Types.text(indent);
            } else {
                int width = Math.max(0, arguments.integer(1, 0));
                rendering.budget().characters(width);
                level = " ".repeat(width);
            }
        }
        String item = level == null ? ", " : ",";
        String key = ": ";
        Object separators = arguments.get(2, null);
        if (separators != null) {
            List<Object> pair = Operations.items(separators, rendering.budget());
            if (pair.size() != 2 || !Types.isText(pair.get(0)) || !Types.isText(pair.get(1))) {
                throw Fault.evaluation("tojson: separators are two texts, between items and after keys");
            }
            item = Types.text(pair.get(0));
            key = Types.text(pair.get(1));
        }
        Json.Style style = new Json.Style(arguments.flag(0, false), level, item, key, arguments.flag(3, false));
        return Json.write(value, style, rendering.budget());
    }

    /** With dicts in the order of their keys. */
    private static Object sorted(Object value, Budget budget, int depth) {
        Budget.valueDepth(depth);
        budget.step();
        return switch (value) {
            case Dict dict -> {
                List<Object> entries = Sorting.sort(
                        dict.items(), item -> ((Tuple) item).items().getFirst(), false, budget);
                Dict made = new Dict();
                for (Object entry : entries) {
                    List<Object> pair = ((Tuple) entry).items();
                    made.put(pair.get(0), sorted(pair.get(1), budget, depth + 1));
                }
                yield made;
            }
            case List<?> list ->
                list.stream().map(item -> sorted(item, budget, depth + 1)).toList();
            case null, default -> value;
        };
    }
}
