package org.candor.retrieval.internal.answer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.retrieval.internal.index.Snapshot;

/**
 * A question as the ranking of sentences sees it.
 *
 * @param text as asked
 * @param terms index terms, repetitions kept
 * @param weights inverse document frequency of each distinct term (BM25's), 0 where every passage has it
 * @param totalWeight their sum
 * @param names terms of the words written in upper case inside the question, and of its numbers
 * @param vector of the question, length 1
 * @param kind what sort of answer it asks for
 */
record Question(
        String text,
        List<String> terms,
        Map<String, Double> weights,
        double totalWeight,
        Set<String> names,
        float[] vector,
        Kind kind) {

    /** What sort of answer a question asks for, by its question words. */
    enum Kind {
        /** A number, an amount, a share. */
        NUMBER,
        /** A date or year. */
        TIME,
        /** A person or body. */
        PERSON,
        /** A place. */
        PLACE,
        /** Anything else. */
        OTHER;

        private static final Map<Kind, List<String>> MARKS = Map.of(
                NUMBER,
                        List.of(
                                "how many",
                                "how much",
                                "how old",
                                "how long",
                                "how far",
                                "how large",
                                "how big",
                                "how tall",
                                "how high",
                                "how often",
                                "what percent",
                                "what number",
                                "what amount",
                                "population",
                                "几",
                                "多少",
                                "多大",
                                "多长",
                                "多高",
                                "多久",
                                "比例"),
                TIME,
                        List.of(
                                "when",
                                "what year",
                                "which year",
                                "what date",
                                "what day",
                                "what month",
                                "what century",
                                "what decade",
                                "what time",
                                "何时",
                                "什么时候",
                                "哪一年",
                                "哪年",
                                "时间",
                                "日期",
                                "年代"),
                PERSON, List.of("who", "whom", "whose", "谁", "何人", "哪位"),
                PLACE, List.of("where", "what city", "what country", "what state", "哪里", "何处", "哪个城市", "在哪", "地点"));

        static Kind of(String question) {
            String lower = " " + question.toLowerCase(Locale.ROOT) + " ";
            for (Kind kind : List.of(NUMBER, TIME, PERSON, PLACE)) {
                for (String mark : MARKS.get(kind)) {
                    boolean chinese = mark.charAt(0) > 0x2E80;
                    if (lower.contains(chinese ? mark : " " + mark + (mark.startsWith("what percent") ? "" : " "))) {
                        return kind;
                    }
                }
            }
            return OTHER;
        }
    }

    static Question of(String text, float[] vector, Snapshot snapshot) {
        List<String> terms = snapshot.analysis().terms(text);
        Map<String, Double> weights = new LinkedHashMap<>();
        double total = 0;
        int size = snapshot.size();
        for (String term : terms) {
            if (!weights.containsKey(term)) {
                int with = Math.min(size, snapshot.passagesWith(term));
                double weight = Math.log(1 + (size - with + 0.5) / (with + 0.5));
                weights.put(term, weight);
                total += weight;
            }
        }
        return new Question(text, terms, weights, total, names(text, snapshot), vector, Kind.of(text));
    }

    private static final Pattern NAME = Pattern.compile("(?<=\\s)\\p{Lu}[\\p{L}\\p{N}'.-]*|\\d[\\d.,]*");

    private static Set<String> names(String text, Snapshot snapshot) {
        StringBuilder names = new StringBuilder();
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            names.append(name.group()).append(' ');
        }
        return Set.copyOf(snapshot.analysis().terms(names.toString()));
    }

    /** Share of the names that are among these terms, 1 without names. */
    double named(Set<String> held) {
        if (names.isEmpty()) {
            return 1;
        }
        return (double) names.stream().filter(held::contains).count() / names.size();
    }

    /** Weight of the rarest term that is not among these, as a share of the rarest term's of all. */
    double rarestMissing(Set<String> held) {
        double missing = 0;
        double most = 0;
        for (Map.Entry<String, Double> term : weights.entrySet()) {
            most = Math.max(most, term.getValue());
            missing = held.contains(term.getKey()) ? missing : Math.max(missing, term.getValue());
        }
        return most > 0 ? missing / most : 0;
    }

    /** Share of the question's weight that these terms hold, 0 to 1. */
    double coverage(Set<String> held) {
        double sum = 0;
        for (Map.Entry<String, Double> term : weights.entrySet()) {
            sum += held.contains(term.getKey()) ? term.getValue() : 0;
        }
        return totalWeight > 0 ? sum / totalWeight : 0;
    }
}
