package org.candor.tokenizer.internal.regex;

import java.util.BitSet;
import java.util.List;

/** A parsed regular expression. */
sealed interface RegexNode {

    /** How a repetition chooses: as many as possible, as few as possible, as many as possible and never fewer. */
    enum Greed {
        GREEDY,
        LAZY,
        POSSESSIVE
    }

    /** Places that take no character. */
    enum Place {
        TEXT_START,
        TEXT_END,
        TEXT_END_OR_LAST_NEWLINE,
        LINE_START,
        LINE_END,
        WORD_BOUNDARY,
        NO_WORD_BOUNDARY
    }

    /** One character of a set. */
    record Characters(BitSet set) implements RegexNode {}

    record Sequence(List<RegexNode> parts) implements RegexNode {}

    /** The first alternative that leads to a match. */
    record Choice(List<RegexNode> alternatives) implements RegexNode {}

    /** @param most or -1 for no limit */
    record Repeat(RegexNode body, int least, int most, Greed greed) implements RegexNode {}

    record Look(RegexNode body, boolean behind, boolean negated) implements RegexNode {}

    /** What matched once is never tried in another way. */
    record Atomic(RegexNode body) implements RegexNode {}

    record Anchor(Place place) implements RegexNode {}
}
