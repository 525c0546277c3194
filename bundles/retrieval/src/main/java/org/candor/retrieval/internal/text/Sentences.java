package org.candor.retrieval.internal.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Splits a block into sentences, English and Chinese alike. Rules, not a model: a full stop ends a sentence when what
 * follows looks like a beginning and what precedes is no abbreviation, initial or number. Every char that is not white
 * space belongs to exactly one sentence.
 */
public final class Sentences {
    /** Longer stretches without an end are cut at white space or a comma. */
    static final int MOST_CHARS = 1_000;

    private static final String CHINESE_ENDS = "。！？";
    private static final String ENDS = ".!?…";
    private static final String CLOSERS = "\"'”’」』）】》)]";
    private static final Set<String> NEVER_LAST = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "rev", "gen", "col", "lt", "sgt", "capt", "cmdr", "adm",
            "maj", "gov", "sen", "rep", "hon", "pres", "supt", "mt", "ft", "vs", "cf", "viz", "e.g", "i.e", "eg", "ie",
            "approx", "ca", "fig", "figs", "eq", "sec", "chap", "vol", "nos", "pp", "ed", "eds", "trans", "op", "cit",
            "est", "messrs", "mme", "mlle", "al");
    /** These may end a sentence: they do so when the next word is no number and begins in upper case. */
    private static final Set<String> BEFORE_NUMBER = Set.of(
            "no", "art", "p", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "c");

    private Sentences() {}

    /** Sentence spans of {@code text} from {@code start} to {@code end}, in UTF-16 positions. */
    public static List<Span> split(String text, int start, int end) {
        List<Span> sentences = new ArrayList<>();
        int from = skip(text, start, end);
        int i = from;
        while (i < end) {
            int stop = stop(text, i, from, end);
            if (stop > 0) {
                add(text, from, stop, sentences);
                from = skip(text, stop, end);
                i = from;
            } else {
                i++;
            }
        }
        add(text, from, end, sentences);
        return sentences;
    }

    /** Position after the sentence when one ends at {@code i}, else 0. */
    private static int stop(String text, int i, int from, int end) {
        char c = text.charAt(i);
        if (CHINESE_ENDS.indexOf(c) >= 0) {
            return closers(text, i + 1, end);
        }
        if (ENDS.indexOf(c) < 0) {
            return 0;
        }
        int after = closers(text, i + 1, end);
        if (after >= end) {
            return end;
        }
        if (CHINESE_ENDS.indexOf(text.charAt(after)) >= 0) {
            return 0;
        }
        if (!Character.isWhitespace(text.charAt(after))) {
            boolean chineseFollows = c != '.' && Scripts.isChinese(text.codePointAt(after));
            return chineseFollows ? after : 0;
        }
        int next = skip(text, after, end);
        if (next >= end) {
            return end;
        }
        if (!beginning(text, next, end)) {
            return 0;
        }
        if (c == '.' && (after == i + 1) && abbreviated(text, i, from, next, end)) {
            return 0;
        }
        return after;
    }

    private static boolean beginning(String text, int next, int end) {
        int c = text.codePointAt(next);
        if (!Character.isLetterOrDigit(c)) {
            int i = next;
            while (i < end && !Character.isLetterOrDigit(text.charAt(i)) && !Character.isWhitespace(text.charAt(i))) {
                i++;
            }
            c = i < end ? text.codePointAt(i) : c;
        }
        return !Character.isLowerCase(c);
    }

    /** Whether the full stop at {@code dot} belongs to the word before it. */
    private static boolean abbreviated(String text, int dot, int from, int next, int end) {
        int wordStart = dot;
        while (wordStart > from && !Character.isWhitespace(text.charAt(wordStart - 1)) && dot - wordStart < 24) {
            wordStart--;
        }
        while (wordStart < dot && !Character.isLetterOrDigit(text.charAt(wordStart))) {
            wordStart++;
        }
        String word = text.substring(wordStart, dot);
        if (word.isEmpty()) {
            return false;
        }
        String lower = word.toLowerCase(java.util.Locale.ROOT);
        boolean numberNext = Character.isDigit(text.charAt(next));
        if (NEVER_LAST.contains(lower) || (numberNext && BEFORE_NUMBER.contains(lower))) {
            return true;
        }
        boolean initial = word.length() == 1 && Character.isUpperCase(word.charAt(0));
        if (initial && wordStart > from) {
            // "J. Smith", "World War I. The": an initial stands before a name and is no single-letter word
            return !word.equals("I") && !startsWithCommonWord(text, next, end);
        }
        if (initial) {
            return true;
        }
        boolean dotted = word.length() >= 3 && word.charAt(1) == '.' && Character.isLetter(word.charAt(0));
        if (dotted) {
            // "U.S. Army" against "in the U.S. The": a common opening word tells them apart
            return !startsWithCommonWord(text, next, end);
        }
        // an enumeration "1. Install" at the beginning belongs to its item
        return wordStart == from && word.length() <= 3 && word.chars().allMatch(Character::isDigit);
    }

    private static final Set<String> OPENERS = Set.of(
            "the",
            "a",
            "an",
            "in",
            "on",
            "at",
            "it",
            "he",
            "she",
            "they",
            "we",
            "this",
            "that",
            "these",
            "those",
            "but",
            "and",
            "however",
            "for",
            "from",
            "as",
            "its",
            "his",
            "her",
            "their",
            "by",
            "with",
            "after",
            "before",
            "since",
            "when",
            "while",
            "there",
            "although",
            "to",
            "also",
            "if",
            "some",
            "many",
            "most",
            "one",
            "during",
            "such");

    private static boolean startsWithCommonWord(String text, int next, int end) {
        int stop = next;
        while (stop < end && stop - next < 12 && Character.isLetter(text.charAt(stop))) {
            stop++;
        }
        return OPENERS.contains(text.substring(next, stop).toLowerCase(java.util.Locale.ROOT));
    }

    private static int closers(String text, int from, int end) {
        int i = from;
        while (i < end
                && (CLOSERS.indexOf(text.charAt(i)) >= 0
                        || ENDS.indexOf(text.charAt(i)) >= 0
                        || CHINESE_ENDS.indexOf(text.charAt(i)) >= 0
                        || footnote(text, i, end) > 0)) {
            i += Math.max(1, footnote(text, i, end));
        }
        return i;
    }

    /** Length of a footnote mark such as {@code [12]} at a position, or 0. */
    private static int footnote(String text, int i, int end) {
        if (text.charAt(i) != '[') {
            return 0;
        }
        int n = i + 1;
        while (n < end && n - i < 5 && Character.isDigit(text.charAt(n))) {
            n++;
        }
        return n < end && n > i + 1 && text.charAt(n) == ']' ? n + 1 - i : 0;
    }

    private static void add(String text, int start, int end, List<Span> sentences) {
        int from = start;
        int to = end;
        while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        while (to - from > MOST_CHARS) {
            int cut = cut(text, from);
            sentences.add(new Span(from, trim(text, from, cut)));
            from = skip(text, cut, to);
        }
        if (to > from) {
            sentences.add(new Span(from, to));
        }
    }

    private static int cut(String text, int from) {
        int limit = from + MOST_CHARS;
        for (String marks : new String[] {";；", ",，、", " \t\n\r\u3000"}) {
            for (int i = limit - 1; i > from + MOST_CHARS / 4; i--) {
                if (marks.indexOf(text.charAt(i)) >= 0) {
                    return i + 1;
                }
            }
        }
        return Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }

    private static int trim(String text, int from, int to) {
        int end = to;
        while (end > from + 1 && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private static int skip(String text, int from, int end) {
        int i = from;
        while (i < end && (Character.isWhitespace(text.charAt(i)) || text.charAt(i) == '\uFEFF')) {
            i++;
        }
        return i;
    }
}
