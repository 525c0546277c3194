package org.candor.tokenizer.internal;

import java.util.Arrays;

/**
 * Finds the longest entry that text starts with, in one walk. A double-array trie over code points renumbered by frequency
 * (Aoe, 1989): a step costs two reads, and nothing is allocated. Immutable, thread safe.
 */
final class CodePointTrie {
    static final int ROOT = 0;
    static final int NONE = -1;

    private static final int BASE = 0;
    private static final int CHECK = 1;
    private static final int VALUE = 2;
    /** Ints of a node: they lie together, so that a step touches one cache line. */
    private static final int STRIDE = 4;

    private final CodePointTable codes;
    /** Child of node n by code c is at base(n) + c when its check is n. */
    private final int[] nodes;

    private CodePointTrie(CodePointTable codes, int[] nodes) {
        this.codes = codes;
        this.nodes = nodes;
    }

    /** The node one character further, or {@link #NONE}. */
    int child(int node, int codePoint) {
        int code = codes.get(codePoint);
        if (code == 0) {
            return NONE;
        }
        int at = nodes[node * STRIDE + BASE] + code;
        return nodes[at * STRIDE + CHECK] == node ? at : NONE;
    }

    /** The node at the end of a text, or {@link #NONE}. */
    int find(int node, String text) {
        int at = node;
        for (int i = 0; i < text.length() && at != NONE; ) {
            int c = text.codePointAt(i);
            at = child(at, c);
            i += Character.charCount(c);
        }
        return at;
    }

    /** Value of the entry that ends at this node, or -1. */
    int value(int node) {
        return nodes[node * STRIDE + VALUE];
    }

    /**
     * Looks for the longest entry below a node.
     *
     * @return end of the entry in the upper 32 bits, its value in the lower; -1 when there is none
     */
    long longest(int node, int[] text, int from, int to) {
        long found = -1;
        int at = node;
        int base = nodes[at * STRIDE + BASE];
        for (int i = from; i < to; i++) {
            int code = codes.get(text[i]);
            int next = base + code;
            int slot = next * STRIDE;
            if (code == 0 || nodes[slot + CHECK] != at) {
                break;
            }
            at = next;
            base = nodes[slot + BASE];
            int value = nodes[slot + VALUE];
            if (value >= 0) {
                found = (long) (i + 1) << 32 | value;
            }
        }
        return found;
    }

    /**
     * Builds a trie.
     *
     * @param entries no null, no duplicates; the value of an entry is its index in {@code values}
     * @param values not negative
     */
    static CodePointTrie of(String[] entries, int[] values) {
        int[][] points = new int[entries.length][];
        CodePointTable.Builder frequency = new CodePointTable.Builder();
        int[] alphabet = new int[64];
        int distinct = 0;
        for (int i = 0; i < entries.length; i++) {
            points[i] = entries[i].codePoints().toArray();
            for (int c : points[i]) {
                int before = frequency.get(c);
                frequency.set(c, before + 1);
                if (before == 0) {
                    if (distinct == alphabet.length) {
                        alphabet = Arrays.copyOf(alphabet, distinct * 2);
                    }
                    alphabet[distinct++] = c;
                }
            }
        }
        long[] order = new long[distinct];
        for (int i = 0; i < distinct; i++) {
            order[i] = (long) -frequency.get(alphabet[i]) << 32 | alphabet[i];
        }
        Arrays.sort(order);
        // Frequent characters get small codes, which keeps siblings close together.
        CodePointTable.Builder codes = new CodePointTable.Builder();
        for (int i = 0; i < distinct; i++) {
            codes.set((int) order[i], i + 1);
        }
        for (int[] entry : points) {
            for (int i = 0; i < entry.length; i++) {
                entry[i] = codes.get(entry[i]);
            }
        }
        Integer[] sorted = new Integer[entries.length];
        Arrays.setAll(sorted, i -> i);
        Arrays.sort(sorted, (a, b) -> Arrays.compare(points[a], points[b]));
        Builder builder = new Builder(distinct);
        int[][] ordered = new int[entries.length][];
        int[] orderedValues = new int[entries.length];
        for (int i = 0; i < sorted.length; i++) {
            ordered[i] = points[sorted[i]];
            orderedValues[i] = values[sorted[i]];
        }
        builder.build(ordered, orderedValues);
        int size = builder.last + distinct + 2;
        int[] nodes = new int[size * STRIDE];
        for (int n = 0; n < size; n++) {
            boolean placed = n < builder.base.length;
            nodes[n * STRIDE + BASE] = placed ? builder.base[n] : 0;
            nodes[n * STRIDE + CHECK] = placed ? builder.check[n] : NONE;
            nodes[n * STRIDE + VALUE] = placed ? builder.value[n] : NONE;
        }
        return new CodePointTrie(codes.build(), nodes);
    }

    /** Places the nodes level by level; entries are sorted, so a node is a range of them. */
    private static final class Builder {
        int[] base;
        int[] check;
        int[] value;
        int last;
        private int firstFree = 1;

        Builder(int codes) {
            grow(Math.max(1024, 2 * (codes + 2)));
        }

        private void grow(int size) {
            int old = base == null ? 0 : base.length;
            base = base == null ? new int[size] : Arrays.copyOf(base, size);
            check = check == null ? new int[size] : Arrays.copyOf(check, size);
            value = value == null ? new int[size] : Arrays.copyOf(value, size);
            Arrays.fill(check, old, size, NONE);
            Arrays.fill(value, old, size, NONE);
        }

        void build(int[][] entries, int[] values) {
            // A queue of (node, first entry, entry after the last, depth).
            int[] queue = new int[4096];
            int head = 0;
            int tail = 4;
            queue[2] = entries.length;
            check[ROOT] = -2;
            while (head < tail) {
                int node = queue[head];
                int from = queue[head + 1];
                int to = queue[head + 2];
                int depth = queue[head + 3];
                head += 4;
                if (from < to && entries[from].length == depth) {
                    value[node] = values[from++];
                }
                if (from == to) {
                    continue;
                }
                int children = 1;
                for (int i = from + 1; i < to; i++) {
                    if (entries[i][depth] != entries[i - 1][depth]) {
                        children++;
                    }
                }
                int[] codes = new int[children];
                int[] starts = new int[children + 1];
                int k = 0;
                for (int i = from; i < to; i++) {
                    if (i == from || entries[i][depth] != entries[i - 1][depth]) {
                        codes[k] = entries[i][depth];
                        starts[k++] = i;
                    }
                }
                starts[children] = to;
                int nodeBase = place(codes);
                base[node] = nodeBase;
                if (head > queue.length / 2) {
                    System.arraycopy(queue, head, queue, 0, tail - head);
                    tail -= head;
                    head = 0;
                }
                if (tail + 4 * children > queue.length) {
                    queue = Arrays.copyOf(queue, Math.max(queue.length * 2, tail + 4 * children));
                }
                for (int i = 0; i < children; i++) {
                    int child = nodeBase + codes[i];
                    check[child] = node;
                    last = Math.max(last, child);
                    queue[tail++] = child;
                    queue[tail++] = starts[i];
                    queue[tail++] = starts[i + 1];
                    queue[tail++] = depth + 1;
                }
            }
        }

        /** First base, not negative, at which all codes fall on free places. Codes ascend. */
        private int place(int[] codes) {
            while (check[firstFree] != NONE) {
                firstFree++;
                if (firstFree == check.length) {
                    grow(check.length * 2);
                }
            }
            int tries = 0;
            for (int at = Math.max(firstFree, codes[0]); ; at++) {
                // A crowded stretch is given up after a while, so that building stays linear.
                if (++tries == 4096 && at - codes[0] < last) {
                    at = last + 1 + codes[0];
                }
                int b = at - codes[0];
                if (b + codes[codes.length - 1] >= check.length) {
                    grow(Math.max(check.length * 2, b + codes[codes.length - 1] + 1));
                }
                if (fits(b, codes)) {
                    firstFree = tries > 32 ? Math.max(firstFree, at) : firstFree;
                    return b;
                }
            }
        }

        private boolean fits(int b, int[] codes) {
            for (int code : codes) {
                if (check[b + code] != NONE) {
                    return false;
                }
            }
            return true;
        }
    }
}
