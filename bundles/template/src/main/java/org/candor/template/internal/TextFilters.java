package org.candor.template.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that make text of text; other values are printed first. */
final class TextFilters {
    /** Words begin at the start and after these (Jinja 3.1, filter title). */
    private static final String WORD_BREAKS = "-({[<";

    private static final int TRUNCATE_LEEWAY = 5;

    private TextFilters() {}

    static List<BuiltinFilter> all() {
        return List.of(
                filter("upper", List.of(), (s, a, b) -> s.toUpperCase(Locale.ROOT)),
                filter("lower", List.of(), (s, a, b) -> s.toLowerCase(Locale.ROOT)),
                filter("capitalize", List.of(), (s, a, b) -> Letters.capitalize(s)),
                filter("title", List.of(), (s, a, b) -> title(s)),
                filter("trim", List.of("chars?"), (s, a, b) -> TextMethods.strip(s, a.text(0, null), true, true)),
                filter(
                        "replace",
                        List.of("old", "new", "count?"),
                        (s, a, b) -> TextMethods.replace(
                                s,
                                Printer.text(a.get(0), b),
                                Printer.text(a.get(1), b),
                                a.get(2, null) == null ? -1 : a.integer(2, -1),
                                b)),
                filter("indent", List.of("width?", "first?", "blank?"), TextFilters::indent),
                filter(
                        "center",
                        List.of("width?"),
                        (s, a, b) -> TextMethods.pad(s, a.integer(0, 80), " ", TextMethods.Side.CENTER, b)),
                filter("truncate", List.of("length?", "killwords?", "end?", "leeway?"), TextFilters::truncate),
                filter(
                        "wordwrap",
                        List.of("width?", "break_long_words?", "wrapstring?", "break_on_hyphens?"),
                        TextFilters::wrap),
                filter("striptags", List.of(), (s, a, b) -> stripTags(s)),
                new BuiltinFilter("wordcount", List.of(), (v, a, r) -> {
                    Matcher words = WORD.matcher(Printer.text(v, r.budget()));
                    long count = 0;
                    while (words.find()) {
                        count++;
                    }
                    return count;
                }),
                new BuiltinFilter(
                        "string", List.of(), (v, a, r) -> v instanceof Markup ? v : Printer.text(v, r.budget())),
                new BuiltinFilter("escape", List.of(), (v, a, r) -> Markup.of(v, r.budget())),
                new BuiltinFilter("forceescape", List.of(), (v, a, r) -> Markup.escape(Printer.text(v, r.budget()))),
                new BuiltinFilter("safe", List.of(), (v, a, r) -> new Markup(Printer.text(v, r.budget()))),
                new BuiltinFilter("urlencode", List.of(), (v, a, r) -> urlEncode(v, r.budget())),
                new BuiltinFilter(
                        "xmlattr", List.of("autospace?"), (v, a, r) -> attributes(v, a.flag(0, true), r.budget())),
                BuiltinFilter.open("format", TextFilters::format));
    }

    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    /** What a filter does with a text. */
    @FunctionalInterface
    private interface Body {
        String apply(String text, Arguments.Bound arguments, Budget budget);
    }

    private static BuiltinFilter filter(String name, List<String> signature, Body body) {
        return new BuiltinFilter(name, signature, (value, arguments, rendering) -> {
            Budget budget = rendering.budget();
            String text = Printer.text(value, budget);
            budget.work(text.length());
            String made = body.apply(text, arguments, budget);
            budget.characters(made.length());
            return value instanceof Markup ? new Markup(made) : made;
        });
    }

    private static String title(String text) {
        StringBuilder made = new StringBuilder(text.length());
        boolean start = true;
        int from = 0;
        for (int i = 0; i <= text.length(); ) {
            int c = i < text.length() ? text.codePointAt(i) : ' ';
            int width = Character.charCount(c);
            if (i == text.length() || Source.isSpace(c) || WORD_BREAKS.indexOf(c) >= 0) {
                made.append(text.substring(from, i).toLowerCase(Locale.ROOT));
                if (i < text.length()) {
                    made.appendCodePoint(c);
                }
                from = i + width;
                start = true;
            } else if (start) {
                made.append(text.substring(i, i + width).toUpperCase(Locale.ROOT));
                from = i + width;
                start = false;
            }
            i += width;
        }
        return made.toString();
    }

    private static String indent(String text, Arguments.Bound arguments, Budget budget) {
        String indention;
        if (arguments.has(0) && Types.isText(arguments.get(0))) {
            indention = Types.text(arguments.get(0));
        } else {
            int width = Math.max(0, arguments.integer(0, 4));
            budget.characters(width);
            indention = " ".repeat(width);
        }
        boolean blank = arguments.flag(2, false);
        List<Object> lines = TextMethods.lines(text + "\n", false, budget);
        budget.characters(text.length() + (long) lines.size() * (indention.length() + 1));
        StringBuilder made = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            if (i > 0) {
                made.append('\n');
            }
            boolean indented = i == 0 ? arguments.flag(1, false) : blank || !line.isEmpty();
            made.append(indented ? indention : "").append(line);
        }
        return made.toString();
    }

    private static String truncate(String text, Arguments.Bound arguments, Budget budget) {
        int length = arguments.integer(0, 255);
        String end = arguments.text(2, "...");
        int leeway = arguments.get(3, null) == null ? TRUNCATE_LEEWAY : arguments.integer(3, TRUNCATE_LEEWAY);
        int room = length - CodePoints.count(end, budget);
        if (room < 0 || leeway < 0) {
            throw Fault.evaluation(
                    "truncate: expected a length of at least that of its end, and a leeway of 0 or more");
        }
        int count = CodePoints.count(text, budget);
        if (count <= (long) length + leeway) {
            return text;
        }
        String cut = CodePoints.part(text, count, 0, room);
        int space = arguments.flag(1, false) ? -1 : cut.lastIndexOf(' ');
        return (space < 0 ? cut : cut.substring(0, space)) + end;
    }

    private static String wrap(String text, Arguments.Bound arguments, Budget budget) {
        int width = arguments.integer(0, 79);
        if (width < 1) {
            throw Fault.evaluation("wordwrap: width is " + width + ", allowed is 1 or more");
        }
        boolean cut = arguments.flag(1, true);
        String end = arguments.get(2, null) == null ? "\n" : arguments.text(2, "\n");
        List<String> made = new ArrayList<>();
        for (Object line : TextMethods.lines(text, false, budget)) {
            List<String> pieces = pieces((String) line, arguments.flag(3, true));
            List<String> wrapped = LineWrap.wrap(pieces, width, cut);
            made.add(String.join(end, wrapped));
        }
        return String.join(end, made);
    }

    /** Words and the white space between them; with hyphens, a word may end after one that stands between letters. */
    private static List<String> pieces(String line, boolean hyphens) {
        Pattern piece = hyphens ? HYPHENATED : PLAIN;
        List<String> pieces = new ArrayList<>();
        Matcher matcher = piece.matcher(line);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    private static final Pattern PLAIN = Pattern.compile("\\s+|\\S+");
    private static final Pattern HYPHENATED = Pattern.compile("\\s+|[^\\s-]*\\p{L}-(?=\\p{L})|[^\\s-]+-*|-+");

    private static String stripTags(String html) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < html.length()) {
            boolean comment = html.startsWith("<!--", at);
            int end = html.charAt(at) != '<' ? -1 : comment ? html.indexOf("-->", at) : html.indexOf('>', at);
            if (end >= 0) {
                at = end + (comment ? 3 : 1);
            } else {
                text.append(html.charAt(at++));
            }
        }
        List<String> words = new ArrayList<>();
        for (String word : text.toString().split("\\s+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return String.join(" ", words)
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&#34;", "\"")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private static String urlEncode(Object value, Budget budget) {
        if (Types.isText(value) || !(value instanceof Dict || value instanceof List<?> || value instanceof Tuple)) {
            return quoted(Printer.text(value, budget), "/", budget);
        }
        List<String> pairs = new ArrayList<>();
        List<Object> items = value instanceof Dict dict ? dict.items() : Operations.items(value, budget);
        for (Object item : items) {
            List<Object> pair = Operations.items(item, budget);
            if (pair.size() != 2) {
                throw Fault.evaluation("urlencode: expected pairs of key and value");
            }
            pairs.add(quoted(Printer.text(pair.get(0), budget), "", budget).replace("%20", "+") + "="
                    + quoted(Printer.text(pair.get(1), budget), "", budget).replace("%20", "+"));
        }
        return String.join("&", pairs);
    }

    private static String quoted(String text, String safe, Budget budget) {
        budget.characters(text.length() * 3L);
        StringBuilder made = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || safe.indexOf(c) >= 0);
            made.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return made.toString();
    }

    private static Object attributes(Object value, boolean space, Budget budget) {
        if (!(value instanceof Dict dict)) {
            throw Fault.evaluation("xmlattr: a dict is required, not " + Types.name(value));
        }
        List<String> made = new ArrayList<>();
        for (Dict.Entry entry : dict.entries()) {
            if (entry.value() == null || entry.value() instanceof Undefined) {
                continue;
            }
            String name = Printer.text(entry.key(), budget);
            if (name.codePoints().anyMatch(c -> Source.isSpace(c) || "/>=".indexOf(c) >= 0)) {
                throw Fault.evaluation("xmlattr: invalid character in attribute name '" + Source.shortened(name) + "'");
            }
            made.add(Markup.of(name, budget).text() + "=\""
                    + Markup.of(entry.value(), budget).text() + "\"");
        }
        String text = String.join(" ", made);
        return space && !text.isEmpty() ? " " + text : text;
    }

    private static Object format(Object value, Arguments arguments, Rendering rendering) {
        if (!arguments.named().isEmpty() && !arguments.positional().isEmpty()) {
            throw Fault.evaluation("format: arguments by position and by name cannot be mixed");
        }
        Object values = new Tuple(arguments.positional());
        if (!arguments.named().isEmpty()) {
            Dict dict = new Dict();
            for (Map.Entry<String, Object> entry : arguments.named().entrySet()) {
                dict.put(entry.getKey(), entry.getValue());
            }
            values = dict;
        }
        Object format = value instanceof Markup ? value : Printer.text(value, rendering.budget());
        return PercentFormat.format(format, values, rendering.budget());
    }
}
