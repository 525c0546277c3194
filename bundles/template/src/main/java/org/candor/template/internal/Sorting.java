package org.candor.template.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A stable merge sort that asks only whether one key is less than another: what Python's does, NaN included. */
final class Sorting {
    private record Keyed(Object key, Object item) {}

    private Sorting() {}

    /** A new list, in the order of keys; equal ones stay in their order, in reverse too. */
    static List<Object> sort(List<Object> items, UnaryOperator<Object> key, boolean reverse, Budget budget) {
        budget.items(items.size());
        Keyed[] keyed = new Keyed[items.size()];
        for (int i = 0; i < keyed.length; i++) {
            keyed[i] = new Keyed(key.apply(items.get(i)), items.get(i));
        }
        merge(keyed, new Keyed[keyed.length], 0, keyed.length, reverse, budget);
        List<Object> sorted = new ArrayList<>(keyed.length);
        for (Keyed item : keyed) {
            sorted.add(item.item());
        }
        return sorted;
    }

    private static void merge(Keyed[] items, Keyed[] room, int from, int to, boolean reverse, Budget budget) {
        if (to - from < 2) {
            return;
        }
        int middle = (from + to) >>> 1;
        merge(items, room, from, middle, reverse, budget);
        merge(items, room, middle, to, reverse, budget);
        System.arraycopy(items, from, room, from, to - from);
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            boolean takeRight = left == middle
                    || (right < to
                            && (reverse
                                    ? less(room[left].key(), room[right].key(), budget)
                                    : less(room[right].key(), room[left].key(), budget)));
            items[i] = takeRight ? room[right++] : room[left++];
        }
    }

    /** Python's {@code a < b}. */
    static boolean less(Object a, Object b, Budget budget) {
        budget.step();
        Integer order = Operations.order("<", a, b, budget);
        return order != null && order < 0;
    }
}
