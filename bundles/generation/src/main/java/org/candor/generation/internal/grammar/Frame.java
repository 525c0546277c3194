package org.candor.generation.internal.grammar;

import java.util.Set;

/**
 * Where one way of reading the text stands: the top of a stack, whose frames are shared between ways. Immutable; equal
 * when everything below is equal too.
 */
final class Frame {
    /** White space between two tokens of JSON: room for indentation, none for a model that writes spaces without end. */
    private static final int MAX_SPACES = 32;

    /** A position within a rule. */
    private sealed interface Spot {}

    /** Before a value, after so many white spaces. */
    private record Before(Rule rule, int spaces) implements Spot {}

    private record InPlain(Dfa bytes, int state) implements Spot {}

    private record InText(Dfa content, int state, StringBytes bytes) implements Spot {}

    private enum Phase {
        /** After the opening bracket. */
        OPEN,
        /** After a comma. */
        COMMA,
        /** After a name. */
        COLON,
        /** After an item or a member. */
        AFTER
    }

    private record InItems(Rule.Items rule, int count, Phase phase, int spaces) implements Spot {}

    /** @param name index of the name that was read; the number of names for another one */
    private record InMembers(Rule.Members rule, long seen, int name, Phase phase, int spaces) implements Spot {}

    /** After the whole value. */
    private record End(int spaces) implements Spot {}

    private final Spot spot;
    private final Frame below;
    private final int hash;

    private Frame(Spot spot, Frame below) {
        this.spot = spot;
        this.below = below;
        this.hash = spot.hashCode() * 31 + (below == null ? 0 : below.hash);
    }

    static Frame start(Rule rule) {
        return new Frame(new Before(rule, 0), new Frame(new End(0), null));
    }

    /** Whether the text may end here. */
    boolean complete() {
        return switch (spot) {
            case End end -> true;
            case InPlain plain -> plain.bytes().accepts(plain.state()) && below.complete();
            default -> false;
        };
    }

    /** Adds where this way may stand after a byte, 0 to 255. */
    void step(int b, Set<Frame> out) {
        switch (spot) {
            case Before before -> {
                if (space(b, before.spaces())) {
                    out.add(with(new Before(before.rule(), before.spaces() + 1)));
                } else {
                    enter(before.rule(), b, below, out);
                }
            }
            case InPlain plain -> {
                int next = plain.bytes().next(plain.state(), b);
                if (next != Dfa.DEAD) {
                    out.add(with(new InPlain(plain.bytes(), next)));
                }
                if (plain.bytes().accepts(plain.state())) {
                    below.step(b, out);
                }
            }
            case InText text -> text(text, b, out);
            case InItems items -> items(items, b, out);
            case InMembers members -> members(members, b, out);
            case End end -> {
                if (space(b, end.spaces())) {
                    out.add(with(new End(end.spaces() + 1)));
                }
            }
        }
    }

    private static void enter(Rule rule, int b, Frame below, Set<Frame> out) {
        if (!rule.productive) {
            return;
        }
        switch (rule) {
            case Rule.Either either -> either.options.forEach(option -> enter(option, b, below, out));
            case Rule.Plain plain -> {
                int next = plain.bytes.next(0, b);
                if (next != Dfa.DEAD) {
                    out.add(new Frame(new InPlain(plain.bytes, next), below));
                }
            }
            case Rule.Text text -> {
                if (b == '"') {
                    out.add(new Frame(new InText(text.content, 0, StringBytes.START), below));
                }
            }
            case Rule.Items items -> {
                if (b == '[') {
                    out.add(new Frame(new InItems(items, 0, Phase.OPEN, 0), below));
                }
            }
            case Rule.Members members -> {
                if (b == '{') {
                    out.add(new Frame(new InMembers(members, 0, -1, Phase.OPEN, 0), below));
                }
            }
        }
    }

    private void text(InText text, int b, Set<Frame> out) {
        if (b == '"' && text.bytes().atBoundary()) {
            if (text.content().accepts(text.state())) {
                out.add(below);
            }
            return;
        }
        StringBytes next = text.bytes().next(b);
        if (next == null) {
            return;
        }
        int state = text.state();
        if (next.codePoint() >= 0) {
            state = text.content().next(state, next.codePoint());
            next = StringBytes.START;
            if (state == Dfa.DEAD) {
                return;
            }
        } else if (!next.leadsSomewhere(text.content(), state)) {
            return;
        }
        out.add(with(new InText(text.content(), state, next)));
    }

    private void items(InItems items, int b, Set<Frame> out) {
        Rule.Items rule = items.rule();
        int count = items.count();
        if (space(b, items.spaces())) {
            out.add(with(new InItems(rule, count, items.phase(), items.spaces() + 1)));
        } else if (b == ']' && items.phase() != Phase.COMMA) {
            if (count >= rule.least) {
                out.add(below);
            }
        } else if (items.phase() == Phase.AFTER) {
            if (b == ',' && rule.mayFollow(count)) {
                out.add(with(new InItems(rule, count, Phase.COMMA, 0)));
            }
        } else if (rule.mayFollow(count)) {
            enter(rule.item(count), b, with(new InItems(rule, after(rule, count), Phase.AFTER, 0)), out);
        }
    }

    /** Counts go no further than they matter, so that texts of any length have few states. */
    private static int after(Rule.Items rule, int count) {
        int enough = Math.max(rule.least, rule.prefix.size());
        return rule.most == Integer.MAX_VALUE ? Math.min(count + 1, enough) : count + 1;
    }

    private void members(InMembers members, int b, Set<Frame> out) {
        Rule.Members rule = members.rule();
        long seen = members.seen();
        if (space(b, members.spaces())) {
            out.add(with(new InMembers(rule, seen, members.name(), members.phase(), members.spaces() + 1)));
            return;
        }
        switch (members.phase()) {
            case OPEN, AFTER -> {
                if (b == '}' && rule.complete(seen)) {
                    out.add(below);
                } else if (b == ',' && members.phase() == Phase.AFTER && rule.mayFollow(seen)) {
                    out.add(with(new InMembers(rule, seen, -1, Phase.COMMA, 0)));
                } else if (b == '"' && members.phase() == Phase.OPEN) {
                    names(rule, seen, out);
                }
            }
            case COMMA -> {
                if (b == '"') {
                    names(rule, seen, out);
                }
            }
            case COLON -> {
                if (b == ':') {
                    boolean other = members.name() == rule.names.size();
                    long after = other ? seen : seen | 1L << members.name();
                    Rule value = other ? rule.otherValues : rule.values.get(members.name());
                    out.add(new Frame(new Before(value, 0), with(new InMembers(rule, after, -1, Phase.AFTER, 0))));
                }
            }
        }
    }

    private void names(Rule.Members rule, long seen, Set<Frame> out) {
        for (int i = 0; i < rule.names.size(); i++) {
            if ((seen >> i & 1) == 0 && rule.values.get(i).productive) {
                out.add(name(rule, seen, i, rule.names.get(i)));
            }
        }
        if (rule.otherValues.productive) {
            out.add(name(rule, seen, rule.names.size(), rule.otherNames));
        }
    }

    private Frame name(Rule.Members rule, long seen, int index, Dfa name) {
        return new Frame(
                new InText(name, 0, StringBytes.START), with(new InMembers(rule, seen, index, Phase.COLON, 0)));
    }

    private static boolean space(int b, int before) {
        return (b == ' ' || b == '\n' || b == '\r' || b == '\t') && before < MAX_SPACES;
    }

    private Frame with(Spot next) {
        return new Frame(next, below);
    }

    @Override
    public boolean equals(Object other) {
        Frame a = this;
        Frame b = other instanceof Frame frame ? frame : null;
        while (a != b) {
            if (a == null || b == null || a.hash != b.hash || !a.spot.equals(b.spot)) {
                return false;
            }
            a = a.below;
            b = b.below;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
