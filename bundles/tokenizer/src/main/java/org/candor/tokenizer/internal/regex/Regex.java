package org.candor.tokenizer.internal.regex;

import java.util.BitSet;
import java.util.List;
import org.candor.tokenizer.internal.CodePointTable;

/** A compiled regular expression. Immutable, thread safe; matching happens in a {@link RegexMatcher}. */
public final class Regex {
    /** Instructions: operation and operands. */
    static final int CHARACTER = 0;
    /** set, least, most or -1: as many as possible, fewer on the way back. */
    static final int RUN = 1;
    /** first choice, second choice */
    static final int SPLIT = 2;

    static final int JUMP = 3;
    /** place */
    static final int ANCHOR = 4;
    /** flags (1 negated), end of the body, distance to step back or 0 */
    static final int LOOK = 5;
    /** end of the body */
    static final int ATOMIC = 6;

    static final int MATCH = 7;
    /** slot: notes where a turn of a loop begins */
    static final int TURN = 8;
    /** slot, start of the loop: another turn, unless this one took nothing */
    static final int AGAIN = 9;

    /** Each class of an expression takes up to 140 kB while it is compiled. */
    private static final int LONGEST = 4096;

    private final String expression;
    private final int[] code;
    /** Class of each character, by which sets it is in. */
    private final CodePointTable classes;

    private final int classCount;
    /** For each set which classes belong to it: set * classCount + class. */
    private final boolean[] members;

    private final int loops;
    private final BitSet word;

    Regex(
            String expression,
            int[] code,
            CodePointTable classes,
            int classCount,
            boolean[] members,
            int loops,
            BitSet word) {
        this.expression = expression;
        this.code = code;
        this.classes = classes;
        this.classCount = classCount;
        this.members = members;
        this.loops = loops;
        this.word = word;
    }

    /**
     * Compiles an expression of Oniguruma's default syntax.
     *
     * @throws RegexSyntaxException when it is damaged, too large, or uses what is not supported
     */
    public static Regex compile(String expression, CharacterSets sets) throws RegexSyntaxException {
        return new RegexCompiler(sets).compile(expression, RegexParser.parse(checked(expression), sets));
    }

    /** An expression that matches this text and nothing else. */
    public static Regex literal(String text, CharacterSets sets) throws RegexSyntaxException {
        List<RegexNode> parts = checked(text)
                .codePoints()
                .mapToObj(c -> {
                    BitSet set = new BitSet();
                    set.set(c);
                    return (RegexNode) new RegexNode.Characters(set);
                })
                .toList();
        return new RegexCompiler(sets).compile(text, new RegexNode.Sequence(parts));
    }

    private static String checked(String expression) throws RegexSyntaxException {
        if (expression.length() > LONGEST) {
            throw new RegexSyntaxException(
                    "an expression of " + expression.length() + " characters is not supported (" + LONGEST + " are)");
        }
        return expression;
    }

    String expression() {
        return expression;
    }

    int[] code() {
        return code;
    }

    int loops() {
        return loops;
    }

    boolean isIn(int set, int codePoint) {
        return members[set * classCount + classes.get(codePoint)];
    }

    boolean isWord(int codePoint) {
        return word.get(codePoint);
    }
}
