package org.candor.retrieval.internal.answer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.candor.retrieval.internal.index.Snapshot;

/**
 * A question as the ranking of sentences sees it.
 *
 * @param text as asked
 * @param terms index terms, repetitions kept
 * @param weights inverse document frequency of each distinct term (BM25's), 0 where every passage has it
 * @param totalWeight their sum
 * @param vector of the question, length 1
 * @param kind what sort of answer it asks for
 */
record Question(
        String text, List<String> terms, Map<String, Double> weights, double totalWeight, float[] vector, Kind kind) {

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
        return new Question(text, terms, weights, total, vector, Kind.of(text));
    }

    /** Share of the question's weight that these terms hold, 0 to 1. */
    double coverage(java.util.Set<String> held) {
        double sum = 0;
        for (Map.Entry<String, Double> term : weights.entrySet()) {
            sum += held.contains(term.getKey()) ? term.getValue() : 0;
        }
        return totalWeight > 0 ? sum / totalWeight : 0;
    }
}
