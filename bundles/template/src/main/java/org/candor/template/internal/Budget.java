package org.candor.template.internal;

/**
 * What one rendering may use. Everything that takes time or room is charged before it is done, so that a template that asks
 * for a thousand billion characters fails at once. Belongs to one rendering.
 */
final class Budget {
    /** Depth of values that refer to values; what is deeper is neither printed nor compared. */
    static final int MOST_VALUE_DEPTH = 100;
    /** Evaluations within evaluations, across macros; a thread's stack of 512 KiB holds them. */
    static final int MOST_DEPTH = 800;

    private final Limits limits;
    private long steps;
    private long made;
    private int depth;

    Budget(Limits limits) {
        this.limits = limits;
    }

    /** One piece of work. */
    void step() {
        if (++steps > limits.steps()) {
            throw tooMany();
        }
    }

    /** Work that grows with what is worked on; 64 characters or 8 items are a step. */
    void work(long characters) {
        steps += characters / 64;
        if (steps > limits.steps()) {
            throw tooMany();
        }
    }

    private Fault tooMany() {
        return Fault.limit("more than " + limits.steps() + " steps (maxSteps of org.candor.template)");
    }

    /** Text that is about to be made. */
    void characters(long count) {
        if (count > limits.characters()) {
            throw Fault.limit("a text of " + count + " characters, allowed are " + limits.characters()
                    + " (maxCharacters of org.candor.template)");
        }
        make(count);
    }

    /**
     * Text that grows piece by piece.
     *
     * @param whole how long it becomes
     * @param more how much of that is new
     */
    void characters(long whole, long more) {
        if (whole > limits.characters()) {
            characters(whole);
        }
        make(more);
    }

    /** Longest text. */
    int mostCharacters() {
        return limits.characters();
    }

    /** A list that is about to be made. */
    void items(long count) {
        long most = limits.characters() / 8;
        if (count > most) {
            throw Fault.limit("a list of " + count + " items, allowed are " + most
                    + " (an eighth of maxCharacters of org.candor.template)");
        }
        make(count * 8);
    }

    /** Everything that is made, whether it is kept or not; so a rendering's memory has a bound. */
    private void make(long characters) {
        made += characters;
        if (made > 8L * limits.characters()) {
            throw Fault.limit("texts and lists of more than " + 8L * limits.characters()
                    + " characters in all (eight times maxCharacters of org.candor.template)");
        }
        work(characters);
    }

    void enter() {
        if (++depth > MOST_DEPTH) {
            throw Fault.limit(
                    "evaluation nested more than " + MOST_DEPTH + " deep: a macro that calls itself too often?");
        }
        step();
    }

    void leave() {
        depth--;
    }

    /** The present depth, to be restored by whoever catches an exception. */
    int depth() {
        return depth;
    }

    static void valueDepth(int depth) {
        if (depth > MOST_VALUE_DEPTH) {
            throw Fault.limit("a value nested more than " + MOST_VALUE_DEPTH + " deep");
        }
    }
}
