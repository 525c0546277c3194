package org.candor.tokenizer.internal.regex;

import java.util.BitSet;

/** Reads character classes: brackets, and escapes that stand for a set. */
final class ClassParser {
    private static final int MAX_DEPTH = 16;

    private final RegexScanner scan;
    private final CharacterSets sets;

    ClassParser(RegexScanner scan, CharacterSets sets) {
        this.scan = scan;
        this.sets = sets;
    }

    /** Every character. */
    static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, Character.MAX_CODE_POINT + 1);
        return all;
    }

    static BitSet complement(BitSet set) {
        BitSet rest = all();
        rest.andNot(set);
        return rest;
    }

    /** With everything that differs in case only. */
    static BitSet folded(BitSet set, CharacterSets sets) {
        BitSet result = (BitSet) set.clone();
        set.stream().forEach(c -> sets.caseFolds(c).forEach(result::set));
        return result;
    }

    /** What follows "[". */
    BitSet brackets(boolean ignoreCase) throws RegexSyntaxException {
        return brackets(ignoreCase, 0);
    }

    private BitSet brackets(boolean ignoreCase, int depth) throws RegexSyntaxException {
        if (depth > MAX_DEPTH) {
            throw scan.wrong("brackets nested more than " + MAX_DEPTH + " deep");
        }
        boolean negated = scan.accept('^');
        BitSet result = null;
        BitSet part = new BitSet();
        boolean first = true;
        while (first || scan.peek() != ']') {
            if (scan.atEnd()) {
                throw scan.wrong("\"[\" without \"]\"");
            }
            if (scan.peek() == '&' && scan.peek(1) == '&') {
                scan.next();
                scan.next();
                result = intersection(result, part);
                part = new BitSet();
            } else if (scan.peek() == '[' && scan.peek(1) != ':') {
                scan.next();
                part.or(brackets(ignoreCase, depth + 1));
            } else {
                item(part);
            }
            first = false;
        }
        scan.next();
        result = intersection(result, part);
        if (ignoreCase) {
            result = folded(result, sets);
        }
        return negated ? complement(result) : result;
    }

    private static BitSet intersection(BitSet before, BitSet part) {
        if (before == null) {
            return part;
        }
        before.and(part);
        return before;
    }

    /** A set, a character or a range. */
    private void item(BitSet into) throws RegexSyntaxException {
        if (scan.peek() == '[') {
            into.or(posix());
            return;
        }
        int from = character();
        if (from < 0) {
            BitSet set = escapedSet();
            if (set == null) {
                throw scan.unsupported(
                        "\\" + (scan.peek() < 0 ? "" : Character.toString(scan.peek())) + " in brackets");
            }
            into.or(set);
            return;
        }
        if (scan.peek() == '-' && scan.peek(1) != ']' && scan.peek(1) >= 0) {
            scan.next();
            int to = scan.peek() == '[' ? -1 : character();
            if (to < from) {
                throw scan.wrong("a range that does not end in a higher character");
            }
            into.set(from, to + 1);
        } else {
            into.set(from);
        }
    }

    /** A single character; -1 with the backslash read when a set follows. */
    private int character() throws RegexSyntaxException {
        if (!scan.accept('\\')) {
            return scan.next();
        }
        if (scan.accept('b')) {
            return '\b';
        }
        return scan.escapedLiteral();
    }

    private BitSet posix() throws RegexSyntaxException {
        scan.next();
        scan.next();
        boolean negated = scan.accept('^');
        String name = name(':');
        BitSet set = sets.posix(name);
        if (!scan.accept(']') || set == null) {
            throw scan.unsupported("[:" + name + ":]");
        }
        return negated ? complement(set) : set;
    }

    private String name(int end) throws RegexSyntaxException {
        StringBuilder name = new StringBuilder();
        while (!scan.accept(end)) {
            int c = scan.next();
            if (c < 0 || name.length() > 64) {
                throw scan.wrong("a name without \"" + Character.toString(end) + "\"");
            }
            name.appendCodePoint(c);
        }
        return name.toString();
    }

    /** The set of an escape, behind the backslash; null, and nothing is read, when it stands for something else. */
    BitSet escapedSet() throws RegexSyntaxException {
        int c = scan.peek();
        BitSet set =
                switch (c) {
                    case 's', 'S' -> sets.space();
                    case 'w', 'W' -> sets.word();
                    case 'd', 'D' -> sets.posix("digit");
                    case 'h', 'H' -> sets.posix("xdigit");
                    case 'p', 'P' -> null;
                    default -> null;
                };
        if (set != null) {
            scan.next();
            return Character.isUpperCase(c) ? complement(set) : set;
        }
        if (c != 'p' && c != 'P' || scan.peek(1) != '{') {
            return null;
        }
        scan.next();
        scan.next();
        boolean negated = scan.accept('^') != (c == 'P');
        String name = name('}');
        BitSet property = sets.property(name);
        if (property == null) {
            throw scan.unsupported("\\p{" + name + "}");
        }
        return negated ? complement(property) : property;
    }
}
