package org.candor.tokenizer.internal.regex;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds the matches of an expression in a text, one after the other: a backtracking search as Oniguruma does it, so that the same
 * alternative wins. Once a search is expensive it notes which states have failed and never tries them again, so that time stays
 * linear in the text; the notes need one bit for each character and branch. Only look-arounds that succeed again and again over
 * long stretches escape this; a limit on steps ends them. Mutable, one thread.
 */
public final class RegexMatcher {
    private static final int FAILED = -1;
    private static final int NOTE_AFTER = 1 << 14;
    /** Entries of the stack below this restore where a turn began, negative ones above it note a failure. */
    private static final int RESTORE = Integer.MIN_VALUE;

    private static final int RESTORE_END = RESTORE + (1 << 20);

    private final Regex regex;
    private final int[] code;
    private int[] text;
    private int from;
    private int to;
    private int next;
    private int lastEnd;
    private int start;
    private int end;

    /** Entries of three: what to try, and where. */
    private int[] stack = new int[192];

    private int top;
    private long steps;
    private long limit;
    private BitSet[] failures;
    /** For each run: a stretch that it covers, and positions from which going on behind it has failed. */
    private long[] covered;

    private long[] exhausted;
    private final int[] turns;

    public RegexMatcher(Regex regex) {
        this.regex = regex;
        this.code = regex.code();
        this.turns = new int[regex.loops()];
    }

    /** Begins with a text, of which nothing beyond [from, to) is seen. */
    public void reset(int[] newText, int newFrom, int newTo) {
        text = newText;
        from = newFrom;
        to = newTo;
        next = newFrom;
        lastEnd = -1;
        steps = 0;
        limit = 20_000_000L + 4_000L * (newTo - newFrom);
        failures = null;
        covered = null;
        exhausted = null;
    }

    /**
     * Goes to the next match; an empty one right behind the last match does not count.
     *
     * @throws IllegalArgumentException when the expression takes too many steps on this text
     */
    public boolean find() {
        while (next <= to) {
            int at = next;
            int found = FAILED;
            while (at <= to) {
                top = 0;
                found = run(0, at);
                if (found != FAILED) {
                    break;
                }
                at++;
            }
            if (found == FAILED) {
                next = to + 1;
                return false;
            }
            if (found == at && lastEnd == found) {
                next++;
                continue;
            }
            start = at;
            end = found;
            next = found;
            lastEnd = found;
            return true;
        }
        return false;
    }

    /** First character of the match. */
    public int start() {
        return start;
    }

    /** Character after the match. */
    public int end() {
        return end;
    }

    /** The end of the match from here, or FAILED. The stack above the present height is its own. */
    private int run(int startAt, int position) {
        int bottom = top;
        int at = startAt;
        int here = position;
        while (true) {
            if (++steps > limit) {
                throw new IllegalArgumentException("the regular expression \"" + regex.expression()
                        + "\" takes more than " + limit + " steps on a text of " + (to - from) + " characters");
            }
            boolean failed = false;
            switch (code[at]) {
                case Regex.CHARACTER -> {
                    if (here < to && regex.isIn(code[at + 1], text[here])) {
                        here++;
                        at += 2;
                    } else {
                        failed = true;
                    }
                }
                case Regex.RUN -> {
                    int least = here + code[at + 2];
                    int stop = untried(at, least, runEnd(at, here));
                    if (stop < least) {
                        failed = true;
                    } else {
                        if (stop > least) {
                            push(at, least, stop);
                        }
                        here = stop;
                        at += 4;
                    }
                }
                case Regex.SPLIT -> {
                    if (enter(at, here)) {
                        push(code[at + 2], here, here);
                        at = code[at + 1];
                    } else {
                        failed = true;
                    }
                }
                case Regex.JUMP -> at = code[at + 1];
                case Regex.ANCHOR -> {
                    failed = !isAt(code[at + 1], here);
                    at += 2;
                }
                case Regex.LOOK -> {
                    int back = here - code[at + 3];
                    int height = top;
                    boolean found = back >= from && run(at + 4, back) != FAILED;
                    top = height;
                    failed = found == (code[at + 1] == 1);
                    at = code[at + 2];
                }
                case Regex.ATOMIC -> {
                    int height = top;
                    int found = run(at + 2, here);
                    top = height;
                    failed = found == FAILED;
                    here = found;
                    at = code[at + 1];
                }
                case Regex.TURN -> {
                    int slot = code[at + 1];
                    push(RESTORE + slot, turns[slot], 0);
                    turns[slot] = here;
                    at += 2;
                }
                case Regex.AGAIN -> at = turns[code[at + 1]] == here ? at + 3 : code[at + 2];
                case Regex.MATCH -> {
                    return here;
                }
                default -> throw new IllegalStateException("no such instruction: " + code[at]);
            }
            if (failed) {
                at = FAILED;
                while (top > bottom) {
                    top -= 3;
                    int what = stack[top];
                    if (what < RESTORE_END) {
                        turns[what - RESTORE] = stack[top + 1];
                    } else if (what < 0 && code[~what] == Regex.RUN) {
                        exhausted[~what] = pair(stack[top + 1], stack[top + 2]);
                    } else if (what < 0) {
                        failures[~what].set(stack[top + 1] - from);
                    } else if (stack[top + 1] == stack[top + 2]) {
                        at = what;
                        here = stack[top + 1];
                        break;
                    } else {
                        // A run gives back one character.
                        here = stack[top + 2] - 1;
                        at = what + 4;
                        if (here > stack[top + 1]) {
                            push(what, stack[top + 1], here);
                        }
                        if (enter(at, here)) {
                            break;
                        }
                        at = FAILED;
                    }
                }
                if (at == FAILED) {
                    return FAILED;
                }
            }
        }
    }

    private int runEnd(int at, int here) {
        int most = code[at + 3];
        if (most < 0 && covered != null && (int) (covered[at] >>> 32) <= here && here < (int) covered[at]) {
            return (int) covered[at];
        }
        int stop = most < 0 || to - here < most ? to : here + most;
        int set = code[at + 1];
        int join = most < 0 && covered != null ? (int) (covered[at] >>> 32) : -1;
        int i = here;
        while (i < stop && i != join && regex.isIn(set, text[i])) {
            i++;
        }
        steps += (i - here) >> 3;
        if (most < 0 && isCostly()) {
            if (covered == null) {
                covered = new long[code.length];
            }
            i = i == join && join < (int) covered[at] ? (int) covered[at] : scanned(set, i, stop);
            covered[at] = pair(here, i);
        }
        return i;
    }

    /** Goes on where a stretch that is covered turned out to be empty. */
    private int scanned(int set, int from, int stop) {
        int i = from;
        while (i < stop && regex.isIn(set, text[i])) {
            i++;
        }
        return i;
    }

    /** The longest end of a run behind which going on has not failed already; asks for a note that it has. */
    private int untried(int at, int least, int stop) {
        if (stop < least || !isCostly()) {
            return stop;
        }
        if (exhausted == null) {
            exhausted = new long[code.length];
        }
        long known = exhausted[at];
        int first = (int) (known >>> 32);
        int untried = known != 0 && first <= stop && stop <= (int) known ? first - 1 : stop;
        if (untried >= least) {
            push(~at, least, stop);
        }
        return untried;
    }

    private static long pair(int first, int second) {
        return (long) first << 32 | second;
    }

    private boolean isCostly() {
        return steps >= NOTE_AFTER + 16L * (to - from);
    }

    /** Whether it is worth going on from here; notes, once searching is expensive, that we did. */
    private boolean enter(int at, int here) {
        // Runs have notes of their own.
        if (!isCostly() || code[at] == Regex.RUN) {
            return true;
        }
        if (failures == null) {
            failures = new BitSet[code.length];
        }
        if (failures[at] == null) {
            failures[at] = new BitSet();
        }
        if (failures[at].get(here - from)) {
            return false;
        }
        push(~at, here, here);
        return true;
    }

    private void push(int what, int first, int second) {
        if (top + 3 > stack.length) {
            stack = Arrays.copyOf(stack, stack.length * 2);
        }
        stack[top] = what;
        stack[top + 1] = first;
        stack[top + 2] = second;
        top += 3;
    }

    private boolean isAt(int place, int here) {
        return switch (RegexNode.Place.values()[place]) {
            case TEXT_START -> here == from;
            case TEXT_END -> here == to;
            case TEXT_END_OR_LAST_NEWLINE -> here == to || here == to - 1 && text[here] == '\n';
            // A line does not start behind the newline that ends the text.
            case LINE_START -> here == from || here < to && text[here - 1] == '\n';
            case LINE_END -> here == to || text[here] == '\n';
            case WORD_BOUNDARY -> isBoundary(here);
            case NO_WORD_BOUNDARY -> !isBoundary(here);
        };
    }

    private boolean isBoundary(int here) {
        boolean before = here > from && regex.isWord(text[here - 1]);
        boolean after = here < to && regex.isWord(text[here]);
        return before != after;
    }
}
