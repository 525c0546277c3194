package org.candor.template.internal;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The name {@code loop} within a loop. Looks ahead only when it is asked to, as Jinja does. Belongs to one rendering. */
final class Loop implements Callable {

    /** Renders the loop again, one level deeper. */
    @FunctionalInterface
    interface Recursion {
        Object call(Object items, int depth);
    }

    private final Budget budget;
    private final Recursion recursion;
    private final int depth;
    /** Of the whole; -1 while unknown. */
    private long length;

    private Iterator<Object> items;
    private boolean hasAhead;
    private Object ahead;
    private Object previous;
    private Object current;
    private Object changed;
    private long index = -1;

    /**
     * @param length number of items, or -1 if that shows only at the end
     * @param recursion null if the loop is not recursive
     * @param depth counted from 0
     */
    Loop(Iterator<Object> items, long length, Recursion recursion, int depth, Budget budget) {
        this.items = items;
        this.length = length;
        this.recursion = recursion;
        this.depth = depth;
        this.budget = budget;
        this.previous = new Undefined("there is no previous item");
        this.current = previous;
        this.changed = previous;
    }

    /** Goes on to the next item; false at the end. */
    boolean advance() {
        if (!look()) {
            return false;
        }
        previous = current;
        current = ahead;
        hasAhead = false;
        index++;
        return true;
    }

    Object current() {
        return current;
    }

    private boolean look() {
        if (!hasAhead && items.hasNext()) {
            ahead = items.next();
            hasAhead = true;
        }
        return hasAhead;
    }

    long length() {
        if (length < 0) {
            List<Object> rest = new ArrayList<>();
            if (hasAhead) {
                rest.add(ahead);
            }
            while (items.hasNext()) {
                budget.items(1);
                rest.add(items.next());
            }
            hasAhead = false;
            items = rest.iterator();
            length = index + 1 + rest.size();
        }
        return length;
    }

    Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1;
            case "index0" -> index;
            case "first" -> index == 0;
            case "last" -> !look();
            case "length" -> length();
            case "revindex" -> length() - index;
            case "revindex0" -> length() - index - 1;
            case "previtem" -> index == 0 ? new Undefined("there is no previous item") : previous;
            case "nextitem" -> look() ? ahead : new Undefined("there is no next item");
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "cycle" ->
                new Function("cycle", (rendering, arguments) -> {
                    List<Object> values = Callable.values("cycle", arguments);
                    if (values.isEmpty()) {
                        throw Fault.evaluation("loop.cycle() needs at least one item");
                    }
                    return values.get((int) (index % values.size()));
                });
            case "changed" ->
                new Function("changed", (rendering, arguments) -> {
                    Object now = new Tuple(Callable.values("changed", arguments));
                    boolean different = !Operations.equal(changed, now, budget);
                    changed = now;
                    return different;
                });
            default -> null;
        };
    }

    @Override
    public Object call(Rendering rendering, Arguments arguments) {
        if (recursion == null) {
            throw Fault.evaluation("the loop must be marked recursive to be called");
        }
        return recursion.call(arguments.bind("loop()", List.of("iterable")).get(0), depth + 1);
    }
}
