package org.candor.generation.internal.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The regular expressions of {@code pattern} as automata: literals, classes, {@code \d \w \s}, the dot, groups, alternatives
 * and repetition; {@code ^} and {@code $} at the ends of the outermost alternatives. Where engines differ (ECMA 262,
 * Python), what all of them match: {@code \d}, {@code \w}, {@code \s} and their negations are ASCII, the dot is no line end.
 */
final class Pattern {
    private static final int MAX_REPEAT = 1000;
    private static final int MAX_NODES = 20_000;
    /** Python counts them as space. */
    private static final int[] SEPARATORS = {0x1C, 0x1F};

    private static final int LAST = Character.MAX_CODE_POINT;

    private sealed interface Node {}

    /** @param ranges pairs of first and last */
    private record Chars(List<int[]> ranges) implements Node {}

    private record Sequence(List<Node> parts) implements Node {}

    private record Choice(List<Node> options) implements Node {}

    private record Repeat(Node body, int least, int most) implements Node {}

    private record Edge(int first, int last, int target) {}

    private static final Node ANYTHING = new Repeat(new Chars(List.of(new int[] {0, LAST})), 0, -1);

    private final int[] source;
    private int at;
    private int depth;
    private final List<List<Edge>> edges = new ArrayList<>();
    private final List<List<Integer>> jumps = new ArrayList<>();

    private Pattern(String source) {
        this.source = source.codePoints().toArray();
    }

    /** @throws IllegalArgumentException with a reason, when the expression is malformed or cannot be guaranteed */
    static Dfa compile(String source) {
        Pattern pattern = new Pattern(source);
        Node node = pattern.outermost();
        int start = pattern.state();
        int end = pattern.build(node, start);
        return pattern.determine(start, end);
    }

    private Node outermost() {
        List<Node> options = new ArrayList<>();
        do {
            List<Node> parts = new ArrayList<>();
            if (!take('^')) {
                parts.add(ANYTHING);
            }
            parts.add(sequence());
            if (!take('$')) {
                parts.add(ANYTHING);
            }
            options.add(new Sequence(parts));
        } while (take('|'));
        if (at < source.length) {
            throw unsupported();
        }
        return new Choice(options);
    }

    private Node choice() {
        if (++depth > 100) {
            throw new IllegalArgumentException("groups are nested more than 100 deep");
        }
        List<Node> options = new ArrayList<>();
        do {
            options.add(sequence());
        } while (take('|'));
        depth--;
        return new Choice(options);
    }

    private Node sequence() {
        List<Node> parts = new ArrayList<>();
        while (at < source.length && "|)$".indexOf(source[at]) < 0) {
            parts.add(repeated(atom()));
        }
        return new Sequence(parts);
    }

    private Node repeated(Node body) {
        int least;
        int most;
        if (take('*')) {
            least = 0;
            most = -1;
        } else if (take('+')) {
            least = 1;
            most = -1;
        } else if (take('?')) {
            least = 0;
            most = 1;
        } else if (take('{')) {
            least = count();
            most = take(',') ? at < source.length && source[at] == '}' ? -1 : count() : least;
            if (!take('}') || most >= 0 && most < least) {
                throw unsupported();
            }
        } else {
            return body;
        }
        take('?'); // a lazy repetition matches the same texts
        if (at < source.length && "*+?{".indexOf(source[at]) >= 0) {
            throw unsupported();
        }
        return new Repeat(body, least, most);
    }

    private int count() {
        int from = at;
        int value = 0;
        while (at < source.length && source[at] >= '0' && source[at] <= '9') {
            value = Math.min(MAX_REPEAT + 1, value * 10 + source[at++] - '0');
        }
        if (from == at || value > MAX_REPEAT) {
            throw new IllegalArgumentException("a repetition has whole numbers up to " + MAX_REPEAT);
        }
        return value;
    }

    private Node atom() {
        int c = source[at++];
        return switch (c) {
            case '(' -> {
                if (take('?') && !take(':')) {
                    at--;
                    throw unsupported();
                }
                Node body = choice();
                if (!take(')')) {
                    throw at < source.length ? unsupported() : new IllegalArgumentException("a group is not closed");
                }
                yield body;
            }
            case '[' -> new Chars(characterClass());
            case '.' ->
                new Chars(complement(
                        List.of(new int[] {'\n', '\n'}, new int[] {'\r', '\r'}, new int[] {0x2028, 0x2029}), LAST));
            case '\\' -> new Chars(escape());
            case '^', '*', '+', '?', '{', '}', ']' -> {
                at--;
                throw unsupported();
            }
            default -> new Chars(List.of(new int[] {c, c}));
        };
    }

    private List<int[]> characterClass() {
        boolean negated = take('^');
        boolean ascii = false;
        if (at < source.length && source[at] == ']') {
            throw unsupported(); // empty for some engines, the bracket itself for others
        }
        List<int[]> ranges = new ArrayList<>();
        while (!take(']')) {
            if (at >= source.length) {
                throw new IllegalArgumentException("a character class is not closed");
            }
            List<int[]> first = item();
            boolean single = first.size() == 1 && first.getFirst()[0] == first.getFirst()[1];
            ascii |= !single;
            if (single && at + 1 < source.length && source[at] == '-' && source[at + 1] != ']') {
                at++;
                List<int[]> last = item();
                if (last.size() != 1
                        || last.getFirst()[0] != last.getFirst()[1]
                        || last.getFirst()[0] < first.getFirst()[0]) {
                    throw new IllegalArgumentException("a range of a character class is out of order");
                }
                ranges.add(new int[] {first.getFirst()[0], last.getFirst()[0]});
            } else {
                ranges.addAll(first);
            }
        }
        if (negated && ascii) {
            ranges.add(SEPARATORS);
        }
        return negated ? complement(ranges, ascii ? 127 : LAST) : ranges;
    }

    private List<int[]> item() {
        int c = source[at++];
        if (c == '[') {
            at--;
            throw unsupported();
        }
        return c == '\\' ? escape() : List.of(new int[] {c, c});
    }

    private List<int[]> escape() {
        if (at >= source.length) {
            throw new IllegalArgumentException("ends with a backslash");
        }
        int c = source[at++];
        List<int[]> digits = List.of(new int[] {'0', '9'});
        List<int[]> word =
                List.of(new int[] {'0', '9'}, new int[] {'A', 'Z'}, new int[] {'_', '_'}, new int[] {'a', 'z'});
        List<int[]> space = List.of(new int[] {'\t', '\r'}, new int[] {' ', ' '});
        return switch (c) {
            case 'd' -> digits;
            case 'D' -> complement(digits, 127);
            case 'w' -> word;
            case 'W' -> complement(word, 127);
            case 's' -> space;
            case 'S' -> complement(List.of(new int[] {'\t', '\r'}, SEPARATORS, new int[] {' ', ' '}), 127);
            case 'n' -> List.of(new int[] {'\n', '\n'});
            case 'r' -> List.of(new int[] {'\r', '\r'});
            case 't' -> List.of(new int[] {'\t', '\t'});
            case 'f' -> List.of(new int[] {'\f', '\f'});
            case 'v' -> List.of(new int[] {0x0B, 0x0B});
            default -> {
                if (c > 127 || Character.isLetterOrDigit(c)) {
                    throw new IllegalArgumentException("the escape \\" + Character.toString(c) + " is not supported");
                }
                yield List.of(new int[] {c, c});
            }
        };
    }

    private static List<int[]> complement(List<int[]> ranges, int last) {
        List<int[]> sorted = new ArrayList<>(ranges);
        sorted.sort((a, b) -> Integer.compare(a[0], b[0]));
        List<int[]> rest = new ArrayList<>();
        int from = 0;
        for (int[] range : sorted) {
            if (range[0] > from) {
                rest.add(new int[] {from, Math.min(last, range[0] - 1)});
            }
            from = Math.max(from, range[1] + 1);
        }
        if (from <= last) {
            rest.add(new int[] {from, last});
        }
        rest.removeIf(range -> range[0] > range[1]);
        return rest;
    }

    private boolean take(int c) {
        if (at < source.length && source[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private IllegalArgumentException unsupported() {
        return new IllegalArgumentException(
                "\"" + Character.toString(source[at]) + "\" at character " + (at + 1) + " is not supported there");
    }

    private int state() {
        if (edges.size() >= MAX_NODES) {
            throw new IllegalArgumentException("needs more than " + MAX_NODES + " states");
        }
        edges.add(new ArrayList<>());
        jumps.add(new ArrayList<>());
        return edges.size() - 1;
    }

    /** Thompson's construction: a state in which the node has been matched. */
    private int build(Node node, int from) {
        return switch (node) {
            case Chars chars -> {
                int to = state();
                chars.ranges().forEach(range -> edges.get(from).add(new Edge(range[0], range[1], to)));
                yield to;
            }
            case Sequence sequence -> {
                int last = from;
                for (Node part : sequence.parts()) {
                    last = build(part, last);
                }
                yield last;
            }
            case Choice choice -> {
                int to = state();
                for (Node option : choice.options()) {
                    int start = state();
                    jumps.get(from).add(start);
                    jumps.get(build(option, start)).add(to);
                }
                yield to;
            }
            case Repeat repeat -> {
                int last = from;
                for (int i = 0; i < repeat.least(); i++) {
                    last = build(repeat.body(), last);
                }
                int end = state();
                jumps.get(last).add(end);
                if (repeat.most() < 0) {
                    int start = state();
                    jumps.get(end).add(start);
                    jumps.get(build(repeat.body(), start)).add(end);
                } else {
                    for (int i = repeat.least(); i < repeat.most(); i++) {
                        last = build(repeat.body(), last);
                        jumps.get(last).add(end);
                    }
                }
                yield end;
            }
        };
    }

    private Dfa determine(int start, int end) {
        Map<List<Integer>, Integer> numbers = new HashMap<>();
        ArrayDeque<List<Integer>> queue = new ArrayDeque<>();
        Dfa.number(numbers, queue, closure(List.of(start)));
        Dfa.Builder builder = new Dfa.Builder();
        while (!queue.isEmpty()) {
            List<Integer> states = queue.remove();
            TreeSet<Integer> cuts = new TreeSet<>(List.of(0));
            for (int state : states) {
                for (Edge edge : edges.get(state)) {
                    cuts.add(edge.first());
                    cuts.add(edge.last() + 1);
                }
            }
            cuts.remove(LAST + 1);
            int[] begins = cuts.stream().mapToInt(Integer::intValue).toArray();
            int[] leads = new int[begins.length];
            for (int i = 0; i < begins.length; i++) {
                List<Integer> reached = new ArrayList<>();
                for (int state : states) {
                    for (Edge edge : edges.get(state)) {
                        if (edge.first() <= begins[i] && begins[i] <= edge.last()) {
                            reached.add(edge.target());
                        }
                    }
                }
                leads[i] = reached.isEmpty() ? Dfa.DEAD : Dfa.number(numbers, queue, closure(reached));
            }
            builder.state(begins, leads, states.contains(end));
        }
        return builder.build();
    }

    private List<Integer> closure(List<Integer> states) {
        TreeSet<Integer> reached = new TreeSet<>(states);
        ArrayDeque<Integer> queue = new ArrayDeque<>(reached);
        while (!queue.isEmpty()) {
            for (int next : jumps.get(queue.remove())) {
                if (reached.add(next)) {
                    queue.add(next);
                }
            }
        }
        return List.copyOf(reached);
    }
}
