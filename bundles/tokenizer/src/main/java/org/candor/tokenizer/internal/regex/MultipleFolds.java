package org.candor.tokenizer.internal.regex;

/**
 * Pairs of characters that equal a single one where case does not matter, such as "ss" and U+00DF (Unicode's CaseFolding.txt,
 * status F). Oniguruma lets them match each other; here they are refused, so that nothing matches differently in silence.
 */
final class MultipleFolds {
    /** The first two characters of each folding to several. */
    private static final String PAIRS = "ss ff fi fl st i\u0307 \u02BCn j\u030C h\u0331 t\u0308 w\u030A y\u030A a\u02BE"
            + " \u0565\u0582 \u0574\u0576 \u0574\u0565 \u0574\u056B \u057E\u0576 \u0574\u056D";
    /** Greek vowels and rho fold to several characters with these marks. */
    private static final String GREEK_MARKS = "\u0308\u0313\u0342\u03B9";

    private static final String WHOLE =
            "\u00DF\u1E9E\u0130\u0149\u01F0\u0390\u03B0\u0587\u1E96\u1E97\u1E98\u1E99\u1E9A";

    private MultipleFolds() {}

    static void refuse(RegexScanner scan, int before, int literal) throws RegexSyntaxException {
        String c = Character.toString(literal).toLowerCase(java.util.Locale.ROOT);
        boolean whole = WHOLE.indexOf(literal) >= 0
                || literal >= 0xFB00 && literal <= 0xFB17
                || literal >= 0x1F50 && literal <= 0x1FFC;
        boolean pair = false;
        if (before >= 0) {
            String two = Character.toString(before).toLowerCase(java.util.Locale.ROOT) + c;
            pair = (" " + PAIRS + " ").contains(" " + two.replace('\u017F', 's') + " ")
                    || before >= 0x370 && before < 0x400 && GREEK_MARKS.contains(c);
        }
        if (whole || pair) {
            throw scan.unsupported((before < 0 ? "" : Character.toString(before)) + Character.toString(literal)
                    + " without regard to case");
        }
    }
}
