package org.candor.generation.internal.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A deterministic automaton over code points, without dead ends: from every state that can be reached something is
 * accepted. State 0 is the start. Immutable, thread-safe.
 */
final class Dfa {
    static final int DEAD = -1;
    private static final int MAX_STATES = 50_000;
    private static final int AFTER_SURROGATES = Character.MAX_SURROGATE + 1;

    /** Of each state: where ranges begin, ascending, the first at 0; and where each leads. */
    private final int[][] starts;

    private final int[][] targets;
    private final boolean[] accepting;

    private Dfa(List<int[]> starts, List<int[]> targets, List<Boolean> accepting) {
        this.starts = starts.toArray(int[][]::new);
        this.targets = targets.toArray(int[][]::new);
        this.accepting = new boolean[accepting.size()];
        for (int state = 0; state < this.accepting.length; state++) {
            this.accepting[state] = accepting.get(state);
        }
        cutDeadEnds();
    }

    int next(int state, int codePoint) {
        int index = Arrays.binarySearch(starts[state], codePoint);
        return targets[state][index >= 0 ? index : -index - 2];
    }

    /** Whether one of these code points leads on. */
    boolean leads(int state, int first, int last) {
        if (first > last) {
            return false;
        }
        int index = Arrays.binarySearch(starts[state], first);
        for (int i = index >= 0 ? index : -index - 2; i < starts[state].length && starts[state][i] <= last; i++) {
            if (targets[state][i] != DEAD) {
                return true;
            }
        }
        return false;
    }

    boolean accepts(int state) {
        return accepting[state];
    }

    /** Whether nothing is accepted. */
    boolean isEmpty() {
        return !accepting[0] && Arrays.stream(targets[0]).allMatch(target -> target == DEAD);
    }

    boolean accepts(String text) {
        int state = 0;
        for (int codePoint : text.codePoints().toArray()) {
            state = next(state, codePoint);
            if (state == DEAD) {
                return false;
            }
        }
        return accepting[state];
    }

    /** What both accept. */
    Dfa and(Dfa other) {
        Map<List<Integer>, Integer> numbers = new HashMap<>();
        ArrayDeque<List<Integer>> queue = new ArrayDeque<>();
        Builder builder = new Builder();
        numbers.put(List.of(0, 0), 0);
        queue.add(List.of(0, 0));
        while (!queue.isEmpty()) {
            List<Integer> pair = queue.remove();
            int a = pair.get(0);
            int b = pair.get(1);
            TreeSet<Integer> cuts = new TreeSet<>();
            Arrays.stream(starts[a]).forEach(cuts::add);
            Arrays.stream(other.starts[b]).forEach(cuts::add);
            int[] begins = cuts.stream().mapToInt(Integer::intValue).toArray();
            int[] leads = new int[begins.length];
            for (int i = 0; i < begins.length; i++) {
                int nextA = next(a, begins[i]);
                int nextB = other.next(b, begins[i]);
                leads[i] = DEAD;
                if (nextA != DEAD && nextB != DEAD) {
                    leads[i] = number(numbers, queue, List.of(nextA, nextB));
                }
            }
            builder.state(begins, leads, accepting[a] && other.accepting[b]);
        }
        return builder.build();
    }

    /** Every text but these. */
    static Dfa allBut(Iterable<String> texts) {
        List<Map<Integer, Integer>> tree = new ArrayList<>();
        List<Boolean> refused = new ArrayList<>();
        tree.add(new HashMap<>());
        refused.add(false);
        for (String text : texts) {
            int node = 0;
            for (int codePoint : text.codePoints().toArray()) {
                Integer next = tree.get(node).get(codePoint);
                if (next == null) {
                    next = tree.size();
                    tree.get(node).put(codePoint, next);
                    tree.add(new HashMap<>());
                    refused.add(false);
                }
                node = next;
            }
            refused.set(node, true);
        }
        int anything = tree.size();
        Builder builder = new Builder();
        for (int node = 0; node < tree.size(); node++) {
            TreeSet<Integer> cuts = new TreeSet<>(List.of(0));
            for (int codePoint : tree.get(node).keySet()) {
                cuts.add(codePoint);
                cuts.add(codePoint + 1);
            }
            int[] begins = cuts.stream().mapToInt(Integer::intValue).toArray();
            Map<Integer, Integer> children = tree.get(node);
            builder.state(
                    begins,
                    Arrays.stream(begins)
                            .map(codePoint -> children.getOrDefault(codePoint, anything))
                            .toArray(),
                    !refused.get(node));
        }
        builder.state(new int[] {0}, new int[] {anything}, true);
        return builder.build();
    }

    /** This text only. */
    static Dfa literal(String text) {
        int[] codePoints = text.codePoints().toArray();
        Builder builder = new Builder();
        for (int i = 0; i < codePoints.length; i++) {
            int c = codePoints[i];
            builder.state(
                    c == 0 ? new int[] {0, 1} : new int[] {0, c, c + 1},
                    c == 0 ? new int[] {i + 1, DEAD} : new int[] {DEAD, i + 1, DEAD},
                    false);
        }
        builder.state(new int[] {0}, new int[] {DEAD}, true);
        return builder.build();
    }

    /** Texts of so many code points; no upper limit where {@code most} is below 0. */
    static Dfa ofLength(int least, int most) {
        Builder builder = new Builder();
        int last = most < 0 ? least : most;
        for (int length = 0; length <= last; length++) {
            int next = length < last ? length + 1 : most < 0 ? length : DEAD;
            builder.state(new int[] {0}, new int[] {next}, length >= least);
        }
        return builder.build();
    }

    /** Decimal integers that this number divides. States: start, after a minus, zero, then one for each remainder. */
    static Dfa multiplesOf(int divisor) {
        Builder builder = new Builder();
        int zero = 2;
        int[] first = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9'};
        for (int state = 0; state < 2 + 1 + divisor; state++) {
            int[] begins = new int[14];
            int[] leads = new int[14];
            begins[0] = 0;
            begins[1] = '-';
            begins[2] = '-' + 1;
            System.arraycopy(first, 0, begins, 3, 10);
            begins[13] = '9' + 1;
            Arrays.fill(leads, DEAD);
            leads[1] = state == 0 ? 1 : DEAD;
            for (int digit = 0; digit < 10 && state != zero; digit++) {
                int before = state > zero ? state - zero - 1 : 0;
                leads[3 + digit] = state < zero && digit == 0 ? zero : zero + 1 + (before * 10 + digit) % divisor;
            }
            builder.state(begins, leads, state == zero || state == zero + 1);
        }
        return builder.build();
    }

    static int number(Map<List<Integer>, Integer> numbers, ArrayDeque<List<Integer>> queue, List<Integer> key) {
        Integer number = numbers.get(key);
        if (number == null) {
            number = numbers.size();
            if (number >= MAX_STATES) {
                throw new IllegalArgumentException("needs more than " + MAX_STATES + " states");
            }
            numbers.put(key, number);
            queue.add(key);
        }
        return number;
    }

    private void cutDeadEnds() {
        boolean[] alive = accepting.clone();
        boolean changed = true;
        while (changed) {
            changed = false;
            // Backwards, as most edges lead to states with higher numbers.
            for (int state = alive.length - 1; state >= 0; state--) {
                if (!alive[state]) {
                    for (int target : targets[state]) {
                        alive[state] |= target != DEAD && alive[target];
                    }
                    changed |= alive[state];
                }
            }
        }
        for (int[] leads : targets) {
            for (int i = 0; i < leads.length; i++) {
                if (leads[i] != DEAD && !alive[leads[i]]) {
                    leads[i] = DEAD;
                }
            }
        }
    }

    /** Adds states in the order of their numbers. */
    static final class Builder {
        private final List<int[]> starts = new ArrayList<>();
        private final List<int[]> targets = new ArrayList<>();
        private final List<Boolean> accepting = new ArrayList<>();

        /** Surrogates are no characters: they lead nowhere, whatever is given. */
        void state(int[] begins, int[] leads, boolean accepted) {
            TreeMap<Integer, Integer> ranges = new TreeMap<>();
            for (int i = 0; i < begins.length; i++) {
                ranges.put(begins[i], leads[i]);
            }
            ranges.putIfAbsent(
                    AFTER_SURROGATES, ranges.floorEntry(AFTER_SURROGATES).getValue());
            ranges.subMap((int) Character.MIN_SURROGATE, AFTER_SURROGATES).clear();
            ranges.put((int) Character.MIN_SURROGATE, DEAD);
            starts.add(ranges.keySet().stream().mapToInt(Integer::intValue).toArray());
            targets.add(ranges.values().stream().mapToInt(Integer::intValue).toArray());
            accepting.add(accepted);
        }

        Dfa build() {
            return new Dfa(starts, targets, accepting);
        }
    }
}
