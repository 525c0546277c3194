package org.candor.api.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * One change to a JSON text that leaves most of it JSON: values and members are replaced, removed, repeated, renamed, nested
 * and taken from another text, so that the change is met behind the parser, by whoever reads the values. One of eight changes is of
 * bytes. What is no JSON is changed by bytes only.
 *
 * @param words names and strings that mean something to the reader, without quotation marks
 */
public record JsonMutation(List<String> words) implements Mutation {

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1",
            "-1",
            "0.5",
            "1.0",
            "1e2",
            "1e-400",
            "1e400",
            "-1e999999999",
            "2147483647",
            "2147483648",
            "-2147483649",
            "4294967296",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "123456789012345678901234567890",
            "\"\"",
            "\" \"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"\\u202e\\ufeff\"",
            "\"\uD83D\uDE00\"",
            "\"../../etc/passwd\"",
            "[]",
            "[null]",
            "[[[]]]",
            "[0,\"\",null]",
            "{}",
            "{\"\":null}",
            "{\"a\":{}}");

    private static final ByteMutation BYTES =
            new ByteMutation(List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "e", "-", ".", "\u0000"));

    /** A JSON value in a text: characters [from, to), and where its member or element begins. */
    private record Value(int member, int from, int to) {}

    @Override
    public byte[] apply(byte[] input, byte[] other, Random random) {
        String text = new String(input, StandardCharsets.UTF_8);
        List<Value> values = values(text);
        if (values.isEmpty() || random.nextInt(8) == 0) {
            return BYTES.apply(input, other, random);
        }
        return changed(text, values.get(random.nextInt(values.size())), values, other, random)
                .getBytes(StandardCharsets.UTF_8);
    }

    private String changed(String text, Value value, List<Value> values, byte[] other, Random random) {
        String before = text.substring(0, value.from());
        String old = text.substring(value.from(), value.to());
        String after = text.substring(value.to());
        String member = text.substring(value.member(), value.to());
        return switch (random.nextInt(11)) {
            case 0, 1 -> before + VALUES.get(random.nextInt(VALUES.size())) + after;
            case 2 -> before + number(old, random) + after;
            case 3 -> before + word(random) + after;
            case 4 -> before + any(text, values, random) + after;
            case 5 -> {
                String elsewhere = new String(other, StandardCharsets.UTF_8);
                List<Value> there = values(elsewhere);
                yield before + (there.isEmpty() ? "null" : any(elsewhere, there, random)) + after;
            }
            case 6 -> without(text, value);
            case 7 -> before + old + ("," + member).repeat(1 + random.nextInt(3)) + after;
            case 8 -> renamed(text, value, random);
            case 9 -> {
                int depth = random.nextInt(20) == 0 ? 5_000 : 1 + random.nextInt(20);
                yield random.nextBoolean()
                        ? before + "[".repeat(depth) + old + "]".repeat(depth) + after
                        : before + "{\"a\":".repeat(depth) + old + "}".repeat(depth) + after;
            }
            default -> before + longer(old, random) + after;
        };
    }

    private static String any(String text, List<Value> values, Random random) {
        Value value = values.get(random.nextInt(values.size()));
        return text.substring(value.from(), value.to());
    }

    private String word(Random random) {
        return words.isEmpty() ? "\"a\"" : "\"" + words.get(random.nextInt(words.size())) + "\"";
    }

    private static String number(String old, Random random) {
        try {
            long value = Long.parseLong(old);
            return switch (random.nextInt(4)) {
                case 0 -> Long.toString(value + 1);
                case 1 -> Long.toString(value - 1);
                case 2 -> old + "0".repeat(1 + random.nextInt(6));
                default -> "-" + old;
            };
        } catch (NumberFormatException e) {
            return Long.toString(BOUNDARIES.get(random.nextInt(BOUNDARIES.size())));
        }
    }

    private static String longer(String old, Random random) {
        int times = 1 << random.nextInt(10);
        if (old.length() >= 2 && old.startsWith("\"")) {
            String inside = old.substring(1, old.length() - 1);
            return "\"" + (inside.isEmpty() ? "a" : inside).repeat(Math.min(times, 20_000 / old.length() + 1)) + "\"";
        }
        return old + " ".repeat(times);
    }

    /** Without the member or element, and without a comma beside it. */
    private static String without(String text, Value value) {
        int from = value.member();
        int to = value.to();
        int next = skipSpace(text, to);
        if (next < text.length() && text.charAt(next) == ',') {
            to = next + 1;
        } else {
            int before = from - 1;
            while (before >= 0 && Character.isWhitespace(text.charAt(before))) {
                before--;
            }
            from = before >= 0 && text.charAt(before) == ',' ? before : from;
        }
        return text.substring(0, from) + text.substring(to);
    }

    private String renamed(String text, Value value, Random random) {
        if (value.member() == value.from()) {
            return text.substring(0, value.from()) + word(random) + text.substring(value.to());
        }
        String name = random.nextInt(4) == 0 ? "\"\"" : word(random);
        return text.substring(0, value.member()) + name + ":" + text.substring(value.from());
    }

    private static int skipSpace(String text, int at) {
        int next = at;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        return next;
    }

    /** Every value of a text that looks like JSON; of other texts whatever looks like one. */
    private static List<Value> values(String text) {
        List<Value> values = new ArrayList<>();
        Deque<int[]> open = new ArrayDeque<>();
        int member = -1;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = at + 1;
            if (c == '{' || c == '[') {
                open.push(new int[] {member < 0 ? at : member, at});
                member = -1;
            } else if ((c == '}' || c == ']') && !open.isEmpty()) {
                int[] begun = open.pop();
                values.add(new Value(begun[0], begun[1], end));
            } else if (c == '"') {
                end = stringEnd(text, at);
                int colon = skipSpace(text, end);
                if (member < 0 && colon < text.length() && text.charAt(colon) == ':') {
                    member = at;
                    end = colon + 1;
                } else {
                    values.add(new Value(member < 0 ? at : member, at, end));
                    member = -1;
                }
            } else if (c == '-' || Character.isLetterOrDigit(c)) {
                while (end < text.length() && isLiteral(text.charAt(end))) {
                    end++;
                }
                values.add(new Value(member < 0 ? at : member, at, end));
                member = -1;
            }
            at = end;
        }
        return values;
    }

    private static boolean isLiteral(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '+';
    }

    private static int stringEnd(String text, int from) {
        int at = from + 1;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at + 1, text.length());
    }
}
