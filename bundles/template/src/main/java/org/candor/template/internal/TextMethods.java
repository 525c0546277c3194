package org.candor.template.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Methods of Python's {@code str}. */
final class TextMethods {

    /** What a method does with its text. */
    @FunctionalInterface
    private interface Method {
        Object call(String text, Arguments.Bound arguments, Budget budget);
    }

    private record Entry(List<String> signature, Method method) {}

    private static final Map<String, Entry> METHODS = Map.ofEntries(
            method("strip", List.of("chars?"), (s, a, b) -> strip(s, a.text(0, null), true, true)),
            method("lstrip", List.of("chars?"), (s, a, b) -> strip(s, a.text(0, null), true, false)),
            method("rstrip", List.of("chars?"), (s, a, b) -> strip(s, a.text(0, null), false, true)),
            method("split", List.of("sep?", "maxsplit?"), (s, a, b) -> split(s, a, b, false)),
            method("rsplit", List.of("sep?", "maxsplit?"), (s, a, b) -> split(s, a, b, true)),
            method("splitlines", List.of("keepends?"), (s, a, b) -> lines(s, a.flag(0, false), b)),
            method("startswith", List.of("prefix", "start?", "end?"), (s, a, b) -> affix(s, a, b, true)),
            method("endswith", List.of("suffix", "start?", "end?"), (s, a, b) -> affix(s, a, b, false)),
            method("upper", List.of(), (s, a, b) -> s.toUpperCase(Locale.ROOT)),
            method("lower", List.of(), (s, a, b) -> s.toLowerCase(Locale.ROOT)),
            method("casefold", List.of(), (s, a, b) -> Letters.fold(s)),
            method("title", List.of(), (s, a, b) -> Letters.title(s)),
            method("capitalize", List.of(), (s, a, b) -> Letters.capitalize(s)),
            method("swapcase", List.of(), (s, a, b) -> Letters.swap(s)),
            method(
                    "replace",
                    List.of("old", "new", "count?"),
                    (s, a, b) -> replace(s, required(a, 0), required(a, 1), a.integer(2, -1), b)),
            method("find", List.of("sub", "start?", "end?"), (s, a, b) -> find(s, a, b, false)),
            method("rfind", List.of("sub", "start?", "end?"), (s, a, b) -> find(s, a, b, true)),
            method("index", List.of("sub", "start?", "end?"), (s, a, b) -> found(find(s, a, b, false))),
            method("rindex", List.of("sub", "start?", "end?"), (s, a, b) -> found(find(s, a, b, true))),
            method("count", List.of("sub", "start?", "end?"), TextMethods::count),
            method("join", List.of("iterable"), TextMethods::join),
            method("isalpha", List.of(), (s, a, b) -> all(s, Character::isLetter)),
            method("isdigit", List.of(), (s, a, b) -> all(s, Letters::digit)),
            method("isdecimal", List.of(), (s, a, b) -> all(s, Character::isDigit)),
            method("isnumeric", List.of(), (s, a, b) -> all(s, Letters::numeric)),
            method("isalnum", List.of(), (s, a, b) -> all(s, c -> Character.isLetter(c) || Letters.numeric(c))),
            method("isspace", List.of(), (s, a, b) -> all(s, Source::isSpace)),
            method("isascii", List.of(), (s, a, b) -> s.chars().allMatch(c -> c < 128)),
            method("isprintable", List.of(), (s, a, b) -> s.codePoints().allMatch(Printer::printable)),
            method("isidentifier", List.of(), (s, a, b) -> Letters.identifier(s)),
            method("islower", List.of(), (s, a, b) -> Letters.lower(s)),
            method("isupper", List.of(), (s, a, b) -> Letters.upper(s)),
            method("istitle", List.of(), (s, a, b) -> Letters.isTitle(s)),
            method("zfill", List.of("width"), (s, a, b) -> {
                int sign = !s.isEmpty() && (s.charAt(0) == '-' || s.charAt(0) == '+') ? 1 : 0;
                int missing = Math.max(0, a.integer(0, 0) - CodePoints.count(s, b));
                b.characters((long) s.length() + missing);
                return s.substring(0, sign) + "0".repeat(missing) + s.substring(sign);
            }),
            method("ljust", List.of("width", "fillchar?"), (s, a, b) -> pad(s, a, b, Side.LEFT)),
            method("rjust", List.of("width", "fillchar?"), (s, a, b) -> pad(s, a, b, Side.RIGHT)),
            method("center", List.of("width", "fillchar?"), (s, a, b) -> pad(s, a, b, Side.CENTER)),
            method(
                    "removeprefix",
                    List.of("prefix"),
                    (s, a, b) -> s.startsWith(required(a, 0))
                            ? s.substring(required(a, 0).length())
                            : s),
            method(
                    "removesuffix",
                    List.of("suffix"),
                    (s, a, b) -> s.endsWith(required(a, 0))
                            ? s.substring(0, s.length() - required(a, 0).length())
                            : s),
            method("partition", List.of("sep"), (s, a, b) -> partition(s, required(a, 0), false)),
            method("rpartition", List.of("sep"), (s, a, b) -> partition(s, required(a, 0), true)),
            method("expandtabs", List.of("tabsize?"), (s, a, b) -> expandTabs(s, a.integer(0, 8), b)),
            method("encode", List.of("encoding?", "errors?"), TextMethods::encode));

    enum Side {
        LEFT,
        RIGHT,
        CENTER
    }

    private TextMethods() {}

    private static Map.Entry<String, Entry> method(String name, List<String> signature, Method method) {
        return Map.entry(name, new Entry(signature, method));
    }

    /** A method of a text, or null. What a method of HTML gives is HTML. */
    static Object of(Object value, String name) {
        String text = Types.text(value);
        if (name.equals("format") || name.equals("format_map")) {
            return new Callable.Function(
                    name,
                    (rendering, arguments) -> name.equals("format")
                            ? BraceFormat.format(value, arguments.positional(), arguments.named(), rendering)
                            : BraceFormat.formatMap(value, arguments, rendering));
        }
        Entry entry = METHODS.get(name);
        if (entry == null) {
            return null;
        }
        return new Callable.Function(name, (rendering, arguments) -> {
            Budget budget = rendering.budget();
            budget.work(text.length());
            Object result = entry.method().call(text, arguments.bind(name + "()", entry.signature()), budget);
            if (result instanceof String made && !made.equals(text)) {
                budget.characters(made.length());
            }
            return value instanceof Markup && result instanceof String made ? new Markup(made) : result;
        });
    }

    private static String required(Arguments.Bound arguments, int index) {
        String text = arguments.text(index, null);
        if (text == null) {
            throw Fault.evaluation(arguments.function() + ": argument "
                    + arguments.signature().get(index) + " is NoneType, allowed is a str");
        }
        return text;
    }

    /** Without these characters at the ends; without white space if {@code chars} is null. */
    static String strip(String text, String chars, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && strips(text.codePointAt(from), chars)) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && to > from && strips(text.codePointBefore(to), chars)) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    private static boolean strips(int c, String chars) {
        return chars == null ? Source.isSpace(c) : chars.indexOf(c) >= 0;
    }

    private static List<Object> split(String text, Arguments.Bound arguments, Budget budget, boolean fromRight) {
        String separator = arguments.text(0, null);
        int limit = arguments.integer(1, -1);
        int most = limit < 0 ? Integer.MAX_VALUE : limit;
        if (separator != null && separator.isEmpty()) {
            throw Fault.evaluation("empty separator");
        }
        List<Object> parts = new ArrayList<>();
        if (separator == null) {
            splitAtSpace(text, most, fromRight, parts);
        } else if (fromRight) {
            int end = text.length();
            for (int i = text.lastIndexOf(separator, end - separator.length());
                    i >= 0 && parts.size() < most;
                    i = text.lastIndexOf(separator, i - separator.length())) {
                parts.addFirst(text.substring(i + separator.length(), end));
                end = i;
            }
            parts.addFirst(text.substring(0, end));
        } else {
            int begin = 0;
            for (int i = text.indexOf(separator); i >= 0 && parts.size() < most; i = text.indexOf(separator, begin)) {
                parts.add(text.substring(begin, i));
                begin = i + separator.length();
            }
            parts.add(text.substring(begin));
        }
        budget.items(parts.size());
        return parts;
    }

    private static void splitAtSpace(String text, int most, boolean fromRight, List<Object> parts) {
        if (fromRight) {
            int end = text.length();
            while (true) {
                while (end > 0 && Source.isSpace(text.charAt(end - 1))) {
                    end--;
                }
                if (end == 0) {
                    break;
                }
                int begin = end;
                while (begin > 0 && (parts.size() == most || !Source.isSpace(text.charAt(begin - 1)))) {
                    begin--;
                }
                parts.add(
                        parts.size() == most
                                ? strip(text.substring(0, end), null, false, true)
                                : text.substring(begin, end));
                end = begin;
            }
            java.util.Collections.reverse(parts);
            return;
        }
        int at = 0;
        while (true) {
            while (at < text.length() && Source.isSpace(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return;
            }
            if (parts.size() == most) {
                parts.add(text.substring(at));
                return;
            }
            int end = at;
            while (end < text.length() && !Source.isSpace(text.charAt(end))) {
                end++;
            }
            parts.add(text.substring(at, end));
            at = end;
        }
    }

    /** Lines as {@code str.splitlines} cuts them, at more than line feeds (Python library reference, str.splitlines). */
    static List<Object> lines(String text, boolean keepEnds, Budget budget) {
        List<Object> lines = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ends =
                    (c >= '\n' && c <= '\r') || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
            if (ends) {
                int end = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
                lines.add(text.substring(begin, keepEnds ? end : i));
                i = end - 1;
                begin = end;
            }
        }
        if (begin < text.length()) {
            lines.add(text.substring(begin));
        }
        budget.items(lines.size());
        return lines;
    }

    /** The part of the text between arguments 1 and 2, and where it begins in code points. */
    private record Window(String text, int start) {}

    private static Window window(String text, Arguments.Bound arguments, Budget budget) {
        if (!arguments.has(1) && !arguments.has(2)) {
            return new Window(text, 0);
        }
        int count = CodePoints.count(text, budget);
        int from = position(arguments, 1, 0, count);
        int to = Math.min(count, position(arguments, 2, count, count));
        return from > to ? null : new Window(CodePoints.part(text, count, from, to), from);
    }

    private static int position(Arguments.Bound arguments, int index, int otherwise, int count) {
        int position = arguments.get(index, null) == null ? otherwise : arguments.integer(index, otherwise);
        return position < 0 ? (int) Math.max(0, (long) position + count) : position;
    }

    private static boolean affix(String text, Arguments.Bound arguments, Budget budget, boolean start) {
        Window window = window(text, arguments, budget);
        if (window == null) {
            return false;
        }
        if (arguments.get(0) instanceof Tuple tuple) {
            return tuple.items().stream()
                    .anyMatch(item -> Types.isText(item) && affix(window.text(), Types.text(item), start));
        }
        return affix(window.text(), required(arguments, 0), start);
    }

    private static boolean affix(String text, String affix, boolean start) {
        return start ? text.startsWith(affix) : text.endsWith(affix);
    }

    private static Long find(String text, Arguments.Bound arguments, Budget budget, boolean last) {
        String wanted = required(arguments, 0);
        Window window = window(text, arguments, budget);
        if (window == null) {
            return -1L;
        }
        int at = last ? window.text().lastIndexOf(wanted) : window.text().indexOf(wanted);
        return at < 0 ? -1L : (long) window.start() + window.text().codePointCount(0, at);
    }

    private static Long found(Long position) {
        if (position < 0) {
            throw Fault.evaluation("substring not found");
        }
        return position;
    }

    private static Object count(String text, Arguments.Bound arguments, Budget budget) {
        String wanted = required(arguments, 0);
        Window window = window(text, arguments, budget);
        if (window == null) {
            return 0L;
        }
        if (wanted.isEmpty()) {
            return CodePoints.count(window.text(), budget) + 1L;
        }
        long count = 0;
        for (int i = window.text().indexOf(wanted); i >= 0; i = window.text().indexOf(wanted, i + wanted.length())) {
            count++;
        }
        return count;
    }

    private static Object join(String separator, Arguments.Bound arguments, Budget budget) {
        List<Object> items = Operations.items(arguments.get(0), budget);
        long length = 0;
        for (int i = 0; i < items.size(); i++) {
            if (!Types.isText(items.get(i))) {
                throw Fault.evaluation(
                        "sequence item " + i + ": expected str instance, " + Types.name(items.get(i)) + " found");
            }
            length += Types.text(items.get(i)).length() + (i > 0 ? separator.length() : 0);
        }
        budget.characters(length);
        return String.join(separator, items.stream().map(Types::text).toList());
    }

    /** With a text replaced at most {@code most} times, always if negative. */
    static String replace(String text, String old, String with, int most, Budget budget) {
        int limit = most < 0 ? Integer.MAX_VALUE : most;
        if (limit == 0) {
            return text;
        }
        StringBuilder made = new StringBuilder();
        if (old.isEmpty()) {
            int done = 0;
            int at = 0;
            while (done < limit) {
                budget.characters((long) with.length() + 1);
                made.append(with);
                done++;
                if (at == text.length()) {
                    return made.toString();
                }
                int next = at + Character.charCount(text.codePointAt(at));
                made.append(text, at, next);
                at = next;
            }
            return made.append(text, at, text.length()).toString();
        }
        long count = 0;
        for (int i = text.indexOf(old); i >= 0 && count < limit; i = text.indexOf(old, i + old.length())) {
            count++;
        }
        budget.characters(text.length() + count * (with.length() - old.length()));
        int begin = 0;
        for (long done = 0; done < count; done++) {
            int at = text.indexOf(old, begin);
            made.append(text, begin, at).append(with);
            begin = at + old.length();
        }
        return made.append(text, begin, text.length()).toString();
    }

    private static boolean all(String text, java.util.function.IntPredicate is) {
        return !text.isEmpty() && text.codePoints().allMatch(is);
    }

    private static Object pad(String text, Arguments.Bound arguments, Budget budget, Side side) {
        String fill = arguments.text(1, " ");
        if (fill == null || fill.codePointCount(0, fill.length()) != 1) {
            throw Fault.evaluation(arguments.function() + ": the fill character must be exactly one character long");
        }
        return pad(text, arguments.integer(0, 0), fill, side, budget);
    }

    /** Filled up to a width in code points. */
    static String pad(String text, int width, String fill, Side side, Budget budget) {
        int missing = Math.max(0, width - CodePoints.count(text, budget));
        budget.characters((long) text.length() + (long) missing * fill.length());
        int left =
                switch (side) {
                    case LEFT -> 0;
                    case RIGHT -> missing;
                    // CPython puts the odd one left if the width is odd too.
                    case CENTER -> missing / 2 + (missing & width & 1);
                };
        return fill.repeat(left) + text + fill.repeat(missing - left);
    }

    private static Tuple partition(String text, String separator, boolean last) {
        if (separator.isEmpty()) {
            throw Fault.evaluation("empty separator");
        }
        int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private static String expandTabs(String text, int size, Budget budget) {
        StringBuilder made = new StringBuilder();
        int column = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\t') {
                int spaces = size <= 0 ? 0 : size - column % size;
                budget.characters(spaces);
                made.repeat(' ', spaces);
                column += spaces;
            } else {
                made.appendCodePoint(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return made.toString();
    }

    private static Object encode(String text, Arguments.Bound arguments, Budget budget) {
        String encoding = arguments.text(0, "utf-8").toLowerCase(Locale.ROOT).replace('_', '-');
        if (!encoding.equals("utf-8") && !encoding.equals("utf8")) {
            throw Fault.evaluation("encode(): encoding " + Source.shortened(encoding) + " is not supported (utf-8 is)");
        }
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        budget.characters(bytes.length);
        return new Bytes(bytes);
    }
}
