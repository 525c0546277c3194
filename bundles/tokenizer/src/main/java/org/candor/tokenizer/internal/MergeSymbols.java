package org.candor.tokenizer.internal;

import java.util.Arrays;

/**
 * The tokens of a piece while they are merged: a linked list, and the possible merges. Short pieces look through all of them for
 * the best, long ones keep a heap. Mutable, one thread.
 */
final class MergeSymbols {
    private static final int SHORT = 40;

    private int[] id;
    private int[] bytes;
    private int[] previous;
    private int[] next;
    private int length;
    private long[] heap;
    private int heapSize;

    MergeSymbols(int capacity) {
        id = new int[capacity];
        bytes = new int[capacity];
        previous = new int[capacity];
        next = new int[capacity];
    }

    /** The first token, or -1. */
    int first() {
        return length == 0 ? -1 : 0;
    }

    /** The token behind this one, or -1. */
    int next(int symbol) {
        return next[symbol];
    }

    int id(int symbol) {
        return id[symbol];
    }

    /** UTF-8 bytes that the token covers. */
    int bytes(int symbol) {
        return bytes[symbol];
    }

    void add(int token, int byteCount) {
        if (length == id.length) {
            int capacity = length * 2 + 4;
            id = Arrays.copyOf(id, capacity);
            bytes = Arrays.copyOf(bytes, capacity);
            previous = Arrays.copyOf(previous, capacity);
            next = Arrays.copyOf(next, capacity);
        }
        id[length] = token;
        bytes[length] = byteCount;
        previous[length] = length - 1;
        next[length] = -1;
        if (length > 0) {
            next[length - 1] = length;
        }
        length++;
    }

    /** Merges neighbours, the lowest rank first and the leftmost among equals, until no two merge. */
    void merge(MergeTable merges) {
        if (length <= SHORT) {
            mergeFew(merges);
        } else {
            mergeMany(merges);
        }
    }

    private void mergeFew(MergeTable merges) {
        long[] possible = new long[length];
        for (int i = 0; i < length; i++) {
            possible[i] = i + 1 < length ? merges.merge(id[i], id[i + 1]) : MergeTable.NONE;
        }
        while (true) {
            int best = -1;
            int rank = Integer.MAX_VALUE;
            for (int i = 0; i >= 0 && i < length; i = next[i]) {
                if (possible[i] != MergeTable.NONE && (int) (possible[i] >>> 32) < rank) {
                    rank = (int) (possible[i] >>> 32);
                    best = i;
                }
            }
            if (best < 0) {
                return;
            }
            join(best, (int) possible[best]);
            possible[best] = next[best] >= 0 ? merges.merge(id[best], id[next[best]]) : MergeTable.NONE;
            int before = previous[best];
            if (before >= 0) {
                possible[before] = merges.merge(id[before], id[best]);
            }
        }
    }

    /** The heap holds rank and place; what has changed since is found out when its turn comes. */
    private void mergeMany(MergeTable merges) {
        heap = new long[length];
        for (int i = 0; i + 1 < length; i++) {
            offer(merges, i, i + 1);
        }
        while (heapSize > 0) {
            long best = poll();
            int at = (int) best;
            int right = next[at];
            if (bytes[at] == 0 || right < 0) {
                continue;
            }
            long merge = merges.merge(id[at], id[right]);
            if (merge == MergeTable.NONE || (int) (merge >>> 32) != (int) (best >>> 32)) {
                continue;
            }
            join(at, (int) merge);
            if (previous[at] >= 0) {
                offer(merges, previous[at], at);
            }
            if (next[at] >= 0) {
                offer(merges, at, next[at]);
            }
        }
    }

    private void join(int left, int merged) {
        int right = next[left];
        id[left] = merged;
        bytes[left] += bytes[right];
        bytes[right] = 0;
        next[left] = next[right];
        if (next[left] >= 0) {
            previous[next[left]] = left;
        }
    }

    private void offer(MergeTable merges, int left, int right) {
        long merge = merges.merge(id[left], id[right]);
        if (merge == MergeTable.NONE) {
            return;
        }
        long entry = merge & 0xFFFFFFFF00000000L | left;
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize * 2);
        }
        int at = heapSize++;
        while (at > 0 && heap[at - 1 >> 1] > entry) {
            heap[at] = heap[at - 1 >> 1];
            at = at - 1 >> 1;
        }
        heap[at] = entry;
    }

    private long poll() {
        long best = heap[0];
        long moved = heap[--heapSize];
        int at = 0;
        while (2 * at + 1 < heapSize) {
            int child = 2 * at + 1;
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= moved) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
        return best;
    }
}
