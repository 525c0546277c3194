package org.candor.retrieval.internal.answer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.retrieval.internal.index.Analysis;

/**
 * A sentence as what it says: its words in order, those without content left out.
 *
 * @param words with content
 * @param negated terms shortly behind a no
 * @param refersBack whether a pronoun stands for something said before
 */
record Statement(List<Word> words, Set<String> negated, boolean refersBack) {

    /** What a word is. */
    enum Kind {
        /** Says something. */
        CONTENT,
        /** A number, in one form: {@code 1,000} and {@code thousand} are as they are, {@code seven} is 7. */
        NUMBER,
        /** Part of a name, by its capital. */
        NAME,
        /** The first word, whose capital says nothing: it may be either. */
        OPENING
    }

    /**
     * A word with content.
     *
     * @param term what it is compared by
     * @param phrase names that stand side by side have the same number, every other word one of its own
     * @param adverbial preposition of time or place shortly before it, or empty: such a phrase may stand at either end
     */
    record Word(String term, Kind kind, int phrase, String adverbial) {
        /** Whether another word in its place would be another fact. */
        boolean fact() {
            return kind != Kind.CONTENT;
        }
    }

    private static final Pattern TOKEN = Pattern.compile("\\d+(?:[.,:]\\d+)*(?:(?:st|nd|rd|th|s)(?![\\p{L}\\d]))?|"
            + "[\\p{L}\\p{M}]+(?:['’]\\p{L}+)*|[^\\s\\p{L}\\p{N}]");

    /** What says where a sentence is from, and nothing else. */
    private static final Pattern FRAME = Pattern.compile(
            "^(?:According to|Based on|As (?:stated|noted|described) in) (?:the |this |these )?"
                    + "(?:given |provided |above )?(?:passages?|text|documents?|sources?|context|article)?(?: ?\\[\\d+\\])?,? |"
                    + "^(?:根据|依据|按照)(?:以上|上述|所给)?(?:段落|文章|文本|文档|资料)(?:\\[\\d+\\])?[,，]?",
            Pattern.CASE_INSENSITIVE);

    /** Words that open a sentence in upper case and are never names. */
    private static final Set<String> OPENERS = Set.of(
            "according",
            "additionally",
            "although",
            "another",
            "because",
            "before",
            "between",
            "both",
            "despite",
            "during",
            "each",
            "either",
            "even",
            "every",
            "finally",
            "first",
            "following",
            "furthermore",
            "given",
            "he",
            "hence",
            "here",
            "however",
            "i",
            "it",
            "its",
            "initially",
            "instead",
            "later",
            "like",
            "many",
            "moreover",
            "most",
            "much",
            "once",
            "only",
            "originally",
            "other",
            "overall",
            "rather",
            "several",
            "she",
            "similarly",
            "since",
            "some",
            "sometimes",
            "still",
            "therefore",
            "though",
            "through",
            "throughout",
            "today",
            "together",
            "under",
            "unlike",
            "until",
            "upon",
            "usually",
            "we",
            "what",
            "when",
            "where",
            "which",
            "while",
            "who",
            "whose",
            "why",
            "within",
            "yes",
            "yet",
            "you",
            "after",
            "again",
            "also",
            "about",
            "above",
            "all",
            "almost",
            "among",
            "any",
            "around",
            "below",
            "besides",
            "currently",
            "eventually",
            "from",
            "how",
            "more",
            "nearly",
            "next",
            "one",
            "our",
            "over",
            "their",
            "they",
            "thus",
            "two",
            "up",
            "whereas",
            "than",
            "his",
            "her");

    private static final Pattern DIGITS = Pattern.compile("(\\d+(?:[.,:]\\d+)*)(st|nd|rd|th|s)?");

    private static final Set<String> NEGATIONS = Set.of(
            "not", "no", "never", "neither", "nor", "none", "nobody", "nothing", "without", "cannot", "没", "没有", "不",
            "未", "无", "非", "不是", "从未", "并非");

    /** Words behind a no that it is about. */
    private static final int DENIED = 2;

    private static final Set<String> PRONOUNS = Set.of(
            "he",
            "she",
            "it",
            "they",
            "his",
            "her",
            "hers",
            "him",
            "its",
            "their",
            "theirs",
            "them",
            "this",
            "these",
            "that",
            "those",
            "such",
            "who",
            "which",
            "himself",
            "herself",
            "itself",
            "themselves",
            "他",
            "她",
            "它",
            "他们",
            "她们",
            "它们",
            "其",
            "该",
            "这",
            "此");

    private static final Set<String> ADVERBIAL = Set.of(
            "in", "on", "at", "during", "after", "before", "from", "for", "since", "until", "between", "around",
            "near");
    /** Words behind a preposition that still belong to its phrase. */
    private static final int PHRASE = 4;

    private static final Map<String, String> NUMBERS = Map.ofEntries(
            Map.entry("zero", "0"),
            Map.entry("one", "1"),
            Map.entry("two", "2"),
            Map.entry("three", "3"),
            Map.entry("four", "4"),
            Map.entry("five", "5"),
            Map.entry("six", "6"),
            Map.entry("seven", "7"),
            Map.entry("eight", "8"),
            Map.entry("nine", "9"),
            Map.entry("ten", "10"),
            Map.entry("eleven", "11"),
            Map.entry("twelve", "12"),
            Map.entry("thirteen", "13"),
            Map.entry("fourteen", "14"),
            Map.entry("fifteen", "15"),
            Map.entry("sixteen", "16"),
            Map.entry("seventeen", "17"),
            Map.entry("eighteen", "18"),
            Map.entry("nineteen", "19"),
            Map.entry("twenty", "20"),
            Map.entry("thirty", "30"),
            Map.entry("forty", "40"),
            Map.entry("fifty", "50"),
            Map.entry("sixty", "60"),
            Map.entry("seventy", "70"),
            Map.entry("eighty", "80"),
            Map.entry("ninety", "90"),
            Map.entry("hundred", "hundred"),
            Map.entry("thousand", "thousand"),
            Map.entry("million", "million"),
            Map.entry("billion", "billion"),
            Map.entry("trillion", "trillion"),
            Map.entry("second", "2"),
            Map.entry("third", "3"),
            Map.entry("fourth", "4"),
            Map.entry("fifth", "5"),
            Map.entry("sixth", "6"),
            Map.entry("seventh", "7"),
            Map.entry("eighth", "8"),
            Map.entry("ninth", "9"),
            Map.entry("tenth", "10"),
            Map.entry("twice", "2"),
            Map.entry("half", "half"));

    Statement {
        words = List.copyOf(words);
        negated = Set.copyOf(negated);
    }

    /** Reads a sentence of a language. */
    static Statement of(String sentence, Analysis analysis) {
        List<Word> words = new ArrayList<>();
        Set<String> negated = new HashSet<>();
        int deniedUntil = 0;
        boolean refersBack = false;
        int phrase = 0;
        boolean named = false;
        boolean first = true;
        String adverbial = "";
        int since = 0;
        Matcher tokens = TOKEN.matcher(FRAME.matcher(sentence).replaceFirst(""));
        while (tokens.find()) {
            String token = tokens.group();
            if (!Character.isLetterOrDigit(token.codePointAt(0))) {
                named = false;
                // "May 12, 1968" goes on behind its comma.
                since += token.equals(",") ? 1 : 0;
                continue;
            }
            String lower = token.toLowerCase(Locale.ROOT);
            if (NEGATIONS.contains(lower) || lower.endsWith("n't") || lower.endsWith("n’t")) {
                deniedUntil = words.size() + DENIED;
            }
            refersBack |= PRONOUNS.contains(lower);
            if (ADVERBIAL.contains(lower)) {
                adverbial = lower;
                since = 0;
            } else if (++since > PHRASE) {
                adverbial = "";
            }
            String number = number(lower);
            List<String> terms = number == null ? analysis.terms(token) : List.of(number);
            boolean capital = Character.isUpperCase(token.codePointAt(0));
            Kind kind = kind(lower, number, capital, first);
            boolean joined = kind == Kind.NAME && named;
            boolean name = kind == Kind.NAME || kind == Kind.OPENING;
            for (String term : terms) {
                phrase += joined ? 0 : 1;
                if (NEGATIONS.contains(term)) {
                    deniedUntil = words.size() + 1 + DENIED;
                } else if (words.size() < deniedUntil) {
                    negated.add(term);
                }
                words.add(new Word(term, kind, phrase, adverbial));
                joined |= name;
                refersBack |= PRONOUNS.contains(term);
            }
            named = name && !terms.isEmpty();
            first = false;
        }
        return new Statement(words, negated, refersBack);
    }

    private static Kind kind(String lower, String number, boolean capital, boolean first) {
        if (number != null) {
            return Kind.NUMBER;
        }
        if (!capital || (first && OPENERS.contains(lower))) {
            return Kind.CONTENT;
        }
        return first ? Kind.OPENING : Kind.NAME;
    }

    /** A number in its one form, or null where the word is none. */
    private static String number(String lower) {
        Matcher digits = DIGITS.matcher(lower);
        if (digits.matches()) {
            String plain = digits.group(1).replaceAll("[,:](?=\\d{3}(?!\\d))", "");
            return plain.replaceAll("^0+(?=\\d)", "");
        }
        return NUMBERS.get(lower);
    }

    /** Terms, each once. */
    Set<String> terms() {
        Set<String> terms = new HashSet<>();
        for (Word word : words) {
            terms.add(word.term());
        }
        return terms;
    }
}
