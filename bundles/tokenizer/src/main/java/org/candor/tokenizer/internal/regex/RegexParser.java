package org.candor.tokenizer.internal.regex;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.candor.tokenizer.internal.regex.RegexNode.Anchor;
import org.candor.tokenizer.internal.regex.RegexNode.Atomic;
import org.candor.tokenizer.internal.regex.RegexNode.Characters;
import org.candor.tokenizer.internal.regex.RegexNode.Choice;
import org.candor.tokenizer.internal.regex.RegexNode.Greed;
import org.candor.tokenizer.internal.regex.RegexNode.Look;
import org.candor.tokenizer.internal.regex.RegexNode.Place;
import org.candor.tokenizer.internal.regex.RegexNode.Repeat;
import org.candor.tokenizer.internal.regex.RegexNode.Sequence;

/**
 * Reads the regular expressions of Oniguruma's default syntax (doc/RE of that library). Groups do not capture, since nothing
 * asks for them; what needs captures, and callouts, absent expressions and text segments are refused by name.
 */
final class RegexParser {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_REPEAT = 1000;

    private final RegexScanner scan;
    private final CharacterSets sets;
    private final ClassParser classes;
    private boolean ignoreCase;
    private boolean dotAll;
    private boolean extended;
    private int depth;

    private RegexParser(String expression, CharacterSets sets) {
        this.scan = new RegexScanner(expression);
        this.sets = sets;
        this.classes = new ClassParser(scan, sets);
    }

    static RegexNode parse(String expression, CharacterSets sets) throws RegexSyntaxException {
        RegexParser parser = new RegexParser(expression, sets);
        RegexNode node = parser.choice();
        if (!parser.scan.atEnd()) {
            throw parser.scan.wrong("\")\" without \"(\"");
        }
        return node;
    }

    private RegexNode choice() throws RegexSyntaxException {
        if (++depth > MAX_DEPTH) {
            throw scan.wrong("groups nested more than " + MAX_DEPTH + " deep");
        }
        List<RegexNode> alternatives = new ArrayList<>();
        boolean caseBefore = ignoreCase;
        boolean dotBefore = dotAll;
        boolean extendedBefore = extended;
        alternatives.add(sequence());
        while (scan.accept('|')) {
            alternatives.add(sequence());
        }
        ignoreCase = caseBefore;
        dotAll = dotBefore;
        extended = extendedBefore;
        depth--;
        return alternatives.size() == 1 ? alternatives.getFirst() : new Choice(alternatives);
    }

    private RegexNode sequence() throws RegexSyntaxException {
        List<RegexNode> parts = new ArrayList<>();
        int literalBefore = -1;
        while (!scan.atEnd() && scan.peek() != '|' && scan.peek() != ')') {
            if (extended && scan.skipComment()) {
                continue;
            }
            int literal = scan.literal();
            if (literal >= 0 && ignoreCase) {
                MultipleFolds.refuse(scan, literalBefore, literal);
            }
            RegexNode atom = literal >= 0 ? characters(literal) : atom();
            literalBefore = literal;
            parts.add(atom == null ? new Sequence(List.of()) : repeated(atom));
        }
        return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
    }

    private RegexNode characters(int literal) {
        BitSet set = new BitSet();
        set.set(literal);
        return characters(set);
    }

    private RegexNode characters(BitSet set) {
        return new Characters(ignoreCase ? ClassParser.folded(set, sets) : set);
    }

    private RegexNode repeated(RegexNode atom) throws RegexSyntaxException {
        RegexNode node = atom;
        while (true) {
            int least;
            int most;
            boolean interval = false;
            if (scan.accept('*')) {
                least = 0;
                most = -1;
            } else if (scan.accept('+')) {
                least = 1;
                most = -1;
            } else if (scan.accept('?')) {
                least = 0;
                most = 1;
            } else {
                int[] bounds = scan.interval(MAX_REPEAT);
                if (bounds == null) {
                    return node;
                }
                least = bounds[0];
                most = bounds[1];
                interval = true;
            }
            Greed greed = Greed.GREEDY;
            // In this syntax {n}? makes the whole optional, and {n,m}+ repeats it.
            if (!(interval && least == most) && scan.accept('?')) {
                greed = Greed.LAZY;
            } else if (!interval && scan.accept('+')) {
                greed = Greed.POSSESSIVE;
            }
            node = new Repeat(node, least, most, greed);
        }
    }

    /** Anything but a literal character; null for a change of options. */
    private RegexNode atom() throws RegexSyntaxException {
        int c = scan.next();
        return switch (c) {
            case '.' -> {
                BitSet all = ClassParser.all();
                all.set('\n', dotAll);
                yield new Characters(all);
            }
            case '^' -> new Anchor(Place.LINE_START);
            case '$' -> new Anchor(Place.LINE_END);
            case '[' -> new Characters(classes.brackets(ignoreCase));
            case '(' -> group();
            case '\\' -> escape();
            default -> throw scan.wrong("\"" + Character.toString(c) + "\" repeats nothing");
        };
    }

    private RegexNode escape() throws RegexSyntaxException {
        int c = scan.peek();
        Place place =
                switch (c) {
                    case 'A' -> Place.TEXT_START;
                    case 'z' -> Place.TEXT_END;
                    case 'Z' -> Place.TEXT_END_OR_LAST_NEWLINE;
                    case 'b' -> Place.WORD_BOUNDARY;
                    case 'B' -> Place.NO_WORD_BOUNDARY;
                    default -> null;
                };
        if (place != null) {
            scan.next();
            return new Anchor(place);
        }
        if (c == 'R') {
            scan.next();
            BitSet breaks = new BitSet();
            breaks.set('\n', '\r' + 1);
            breaks.set(0x85);
            breaks.set(0x2028, 0x202A);
            RegexNode pair = new Sequence(List.of(characters('\r'), characters('\n')));
            return new Atomic(new Choice(List.of(pair, new Characters(breaks))));
        }
        if (c == 'N' || c == 'O') {
            scan.next();
            BitSet all = ClassParser.all();
            all.set('\n', c == 'O');
            return new Characters(all);
        }
        BitSet set = classes.escapedSet();
        if (set == null) {
            throw scan.unsupported("\\" + (c < 0 ? "" : Character.toString(c)));
        }
        return characters(set);
    }

    private RegexNode group() throws RegexSyntaxException {
        if (!scan.accept('?')) {
            return closed(choice());
        }
        int c = scan.next();
        switch (c) {
            case ':' -> {
                return closed(choice());
            }
            case '=' -> {
                return closed(new Look(choice(), false, false));
            }
            case '!' -> {
                return closed(new Look(choice(), false, true));
            }
            case '>' -> {
                return closed(new Atomic(choice()));
            }
            case '#' -> {
                scan.skipTo(')');
                return null;
            }
            case '<' -> {
                if (scan.accept('=')) {
                    return closed(new Look(choice(), true, false));
                }
                if (scan.accept('!')) {
                    return closed(new Look(choice(), true, true));
                }
                scan.skipTo('>');
                return closed(choice());
            }
            case 'i', 'm', 'x', '-' -> {
                return options(c);
            }
            default -> throw scan.unsupported("(?" + (c < 0 ? "" : Character.toString(c)));
        }
    }

    private RegexNode closed(RegexNode node) throws RegexSyntaxException {
        if (!scan.accept(')')) {
            throw scan.wrong("\"(\" without \")\"");
        }
        return node;
    }

    /** Options for a group, or for what is left of this one. */
    private RegexNode options(int first) throws RegexSyntaxException {
        boolean caseBefore = ignoreCase;
        boolean dotBefore = dotAll;
        boolean extendedBefore = extended;
        boolean on = true;
        for (int c = first; ; c = scan.next()) {
            switch (c) {
                case '-' -> on = false;
                case 'i' -> ignoreCase = on;
                case 'm' -> dotAll = on;
                case 'x' -> extended = on;
                case ':' -> {
                    RegexNode node = closed(choice());
                    ignoreCase = caseBefore;
                    dotAll = dotBefore;
                    extended = extendedBefore;
                    return node;
                }
                case ')' -> {
                    // Everything to the end of the enclosing group, further alternatives included, belongs to it.
                    return choice();
                }
                default -> throw scan.unsupported("(?" + (c < 0 ? "" : Character.toString(c)));
            }
        }
    }
}
