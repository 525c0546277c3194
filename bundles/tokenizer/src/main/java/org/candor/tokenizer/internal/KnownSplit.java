package org.candor.tokenizer.internal;

import java.util.Map;

/**
 * The regular expressions that most byte-level tokenizers split with, written out by hand: each match begins where the last one
 * ended, so a piece is cut into matches without anything between. The general way gives the same, several times slower.
 *
 * @param classes bits of {@link #LETTER} and the rest
 */
record KnownSplit(CodePointTable classes, Form form, int mostDigits) implements PreTokenizer {
    private static final int LETTER = 1;
    private static final int NUMBER = 2;
    private static final int SPACE = 4;
    private static final int NEWLINE = 8;
    /** Upper and title case, modifiers, other letters, marks. */
    private static final int UPPER = 16;
    /** Lower case, modifiers, other letters, marks. */
    private static final int LOWER = 32;

    private static final int LONG_S = 0x17F;
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    /** Families of expressions. */
    enum Form {
        GPT2,
        CL100K,
        O200K
    }

    static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private static final String CL100K_START = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}";
    private static final String CL100K_END = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

    static final String LLAMA3 = CL100K_START + "{1,3}" + CL100K_END;
    static final String QWEN2 = CL100K_START + CL100K_END;
    static final String O200K =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + CONTRACTION
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + CONTRACTION
                    + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private record Known(Form form, int mostDigits) {}

    private static final Map<String, Known> EXPRESSIONS = Map.of(
            GPT2,
            new Known(Form.GPT2, NO_LIMIT),
            LLAMA3,
            new Known(Form.CL100K, 3),
            QWEN2,
            new Known(Form.CL100K, 1),
            CL100K_START + "+" + CL100K_END,
            new Known(Form.CL100K, NO_LIMIT),
            O200K,
            new Known(Form.O200K, 3));

    /** The expressions that are known. */
    static java.util.Set<String> expressions() {
        return EXPRESSIONS.keySet();
    }

    /** The way for an expression, or null when it is none of these. */
    static KnownSplit of(String expression, UnicodeTables tables) {
        Known known = EXPRESSIONS.get(expression);
        return known == null ? null : new KnownSplit(classes(tables), known.form(), known.mostDigits());
    }

    private static CodePointTable classes(UnicodeTables tables) {
        CodePointTable.Builder table = new CodePointTable.Builder();
        for (String category : new String[] {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me"}) {
            int bits =
                    switch (category) {
                        case "Lu", "Lt" -> LETTER | UPPER;
                        case "Ll" -> LETTER | LOWER;
                        case "Lm", "Lo" -> LETTER | UPPER | LOWER;
                        default -> UPPER | LOWER;
                    };
            table.mark(tables.set("gc-" + category), bits);
        }
        for (String category : new String[] {"Nd", "Nl", "No"}) {
            table.mark(tables.set("gc-" + category), NUMBER);
        }
        table.mark(tables.set("white-space"), SPACE);
        table.set('\r', SPACE | NEWLINE);
        table.set('\n', SPACE | NEWLINE);
        return table.build();
    }

    @Override
    public void apply(Pieces pieces) {
        int[] points = pieces.text().codePoints();
        pieces.resplit();
        for (int i = 0; i < pieces.count(); i++) {
            int to = pieces.to(i);
            for (int at = pieces.from(i); at < to; ) {
                int end =
                        switch (form) {
                            case GPT2 -> gpt2(points, at, to);
                            case CL100K -> cl100k(points, at, to);
                            case O200K -> o200k(points, at, to);
                        };
                pieces.add(at, end);
                at = end;
            }
        }
        pieces.finish();
    }

    private int gpt2(int[] points, int at, int to) {
        int c = points[at];
        if (c == '\'') {
            int end = contraction(points, at, to, false);
            if (end > at) {
                return end;
            }
        }
        int start = c == ' ' && at + 1 < to ? at + 1 : at;
        int bits = classes.get(points[start]);
        if ((bits & SPACE) != 0) {
            return blanks(points, at, to, false);
        }
        int kind = bits & (LETTER | NUMBER);
        return run(points, start + 1, to, kind);
    }

    /** The end of characters that are letters, numbers or, for 0, none of these nor white space. */
    private int run(int[] points, int from, int to, int kind) {
        int at = from;
        while (at < to && (classes.get(points[at]) & (LETTER | NUMBER | SPACE)) == kind) {
            at++;
        }
        return at;
    }

    private int cl100k(int[] points, int at, int to) {
        int c = points[at];
        if (c == '\'') {
            int end = contraction(points, at, to, true);
            if (end > at) {
                return end;
            }
        }
        int bits = classes.get(c);
        if ((bits & LETTER) != 0) {
            return run(points, at + 1, to, LETTER);
        }
        if ((bits & (NUMBER | NEWLINE)) == 0 && at + 1 < to && (classes.get(points[at + 1]) & LETTER) != 0) {
            return run(points, at + 2, to, LETTER);
        }
        return rest(points, at, to, bits, false);
    }

    private int o200k(int[] points, int at, int to) {
        int bits = classes.get(points[at]);
        boolean prefix = (bits & (LETTER | NUMBER | NEWLINE)) == 0;
        int end = prefix ? lowerWord(points, at + 1, to) : -1;
        end = end < 0 ? lowerWord(points, at, to) : end;
        end = end < 0 && prefix ? upperWord(points, at + 1, to) : end;
        end = end < 0 ? upperWord(points, at, to) : end;
        return end < 0 ? rest(points, at, to, bits, true) : Math.max(end, contraction(points, end, to, true));
    }

    /** Upper case, then at least one of lower case; -1 when there is none. */
    private int lowerWord(int[] points, int from, int to) {
        int at = from;
        while (at < to && (classes.get(points[at]) & UPPER) != 0) {
            at++;
        }
        // Characters of both kinds are taken by the first part and given back if need be.
        while (at >= from && (at == to || (classes.get(points[at]) & LOWER) == 0)) {
            at--;
        }
        if (at < from) {
            return -1;
        }
        while (at < to && (classes.get(points[at]) & LOWER) != 0) {
            at++;
        }
        return at;
    }

    /** At least one of upper case, then lower case; -1 when there is none. Comes after {@link #lowerWord} has failed. */
    private int upperWord(int[] points, int from, int to) {
        int at = from;
        while (at < to && (classes.get(points[at]) & UPPER) != 0) {
            at++;
        }
        return at == from ? -1 : at;
    }

    /** Numbers, other characters with a blank in front and newlines behind, white space. */
    private int rest(int[] points, int at, int to, int bits, boolean slashes) {
        if ((bits & NUMBER) != 0) {
            int end = at + 1;
            while (end < to && end - at < mostDigits && (classes.get(points[end]) & NUMBER) != 0) {
                end++;
            }
            return end;
        }
        int start = points[at] == ' ' && at + 1 < to ? at + 1 : at;
        if ((classes.get(points[start]) & (LETTER | NUMBER | SPACE)) == 0) {
            int end = run(points, start + 1, to, 0);
            while (end < to && (points[end] == '\r' || points[end] == '\n' || slashes && points[end] == '/')) {
                end++;
            }
            return end;
        }
        return blanks(points, at, to, true);
    }

    /** White space: up to its last newline, or all but the blank that goes with what follows. */
    private int blanks(int[] points, int at, int to, boolean newlines) {
        int end = at;
        int newline = -1;
        while (end < to) {
            int bits = classes.get(points[end]);
            if ((bits & SPACE) == 0) {
                break;
            }
            newline = (bits & NEWLINE) != 0 ? end : newline;
            end++;
        }
        if (newlines && newline >= 0) {
            return newline + 1;
        }
        return end == to || end == at + 1 ? end : end - 1;
    }

    /** The end of 's, 't, 're, 've, 'm, 'll or 'd, or {@code at}. */
    private static int contraction(int[] points, int at, int to, boolean anyCase) {
        if (to - at < 2 || points[at] != '\'') {
            return at;
        }
        int first = lower(points[at + 1], anyCase);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return at + 2;
        }
        int second = to - at < 3 ? 0 : lower(points[at + 2], anyCase);
        boolean two = (first == 'r' || first == 'v') && second == 'e' || first == 'l' && second == 'l';
        return two ? at + 3 : at;
    }

    private static int lower(int c, boolean anyCase) {
        if (!anyCase) {
            return c;
        }
        return c >= 'A' && c <= 'Z' ? c + 32 : c == LONG_S ? 's' : c;
    }
}
