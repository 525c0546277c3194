package org.candor.template.internal;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * Items that are made when they are asked for, once: what is left after that is nothing, as in Python.
 *
 * @param depth generators that this one draws from
 */
record Generator(Iterator<Object> items, int depth) {
    private static final int MOST_DEPTH = 50;

    /** Of items that are there. */
    Generator(Iterator<Object> items) {
        this(items, 0);
    }

    /**
     * Of items that are made one by one.
     *
     * @param from what they are made from
     * @param source gives the next item in an array of one, because None is an item; null at the end
     */
    static Generator of(Object from, Supplier<Object[]> source) {
        int depth = from instanceof Generator generator ? generator.depth() + 1 : 0;
        if (depth > MOST_DEPTH) {
            throw Fault.limit("more than " + MOST_DEPTH + " filters that draw from each other: make a list of one");
        }
        return new Generator(new Pull(source), depth);
    }

    private static final class Pull implements Iterator<Object> {
        private final Supplier<Object[]> source;
        private Object[] ahead;
        private boolean ended;

        Pull(Supplier<Object[]> source) {
            this.source = source;
        }

        @Override
        public boolean hasNext() {
            if (ahead == null && !ended) {
                ahead = source.get();
                ended = ahead == null;
            }
            return !ended;
        }

        @Override
        public Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Object item = ahead[0];
            ahead = null;
            return item;
        }
    }
}
