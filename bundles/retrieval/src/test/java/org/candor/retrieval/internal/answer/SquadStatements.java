package org.candor.retrieval.internal.answer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.candor.proof.Json;
import org.candor.retrieval.internal.text.Sentences;
import org.candor.retrieval.internal.text.Span;

/**
 * Statements that passages of SQuAD support, each in the words of people who wrote questions or in those of the passage, put otherwise;
 * and the same with their fact (number, name or date) swapped for another of the same kind. The same ones at every run.
 */
final class SquadStatements {

    /**
     * One statement.
     *
     * @param passages its own, and two of the same article beside it
     * @param title of the article
     * @param supported what the first passage says
     * @param swapped the same with another fact
     * @param kind of the fact
     */
    record Case(List<String> passages, String title, String supported, String swapped, Kind kind) {}

    /** In whose words. */
    enum Style {
        /** The passage's, put otherwise. */
        PASSAGE,
        /** Those of who wrote a question about it. */
        QUESTION
    }

    enum Kind {
        NUMBER,
        DATE,
        NAME
    }

    private record Fact(String text, Kind kind) {}

    private static final Pattern YEAR = Pattern.compile("(?:1[0-9]|20)\\d\\d");
    private static final Pattern DATE = Pattern.compile(
            "(?:January|February|March|April|May|June|July|August|September|October|November|December)\\b.*\\d.*|"
                    + "\\d+ (?:January|February|March|April|May|June|July|August|September|October|November|December).*");
    private static final Pattern NUMBER = Pattern.compile("[$£€]?\\d[\\d,.]*(?: (?:million|billion|percent))?%?");
    private static final Pattern NAME =
            Pattern.compile("\\p{Lu}[\\p{L}.'’-]*(?: (?:of|the|de|von) \\p{Lu}[\\p{L}.'’-]*| \\p{Lu}[\\p{L}.'’-]*)*");

    /** Questions whose answer takes the place of the question word. */
    private static final Pattern SUBJECT = Pattern.compile(
            "(?:Who|What|Which|What \\p{Ll}+|Which \\p{Ll}+|How many \\p{Ll}+) ((?!did|do|does|is|are|was|were|has|have|had|can|could|would|will|should|of|in|to)\\p{Ll}+(?:ed|s|t|ew|ote|on|an|ade) .*)\\?");

    private static final Pattern WAS =
            Pattern.compile("(?:Who|What|Which \\p{Ll}+) (was|is|were|are) (?!the name)(.+)\\?");
    private static final Pattern WHEN = Pattern.compile(
            "(?:When|In what year|What year|Where) (was|were) (.+?) (\\p{Ll}+ed|born|built|held|won|made|written|taken|begun|sold|sent)(| .*)\\?");

    /** Words of a passage in other words. */
    private static final Map<String, String> OTHERWISE = Map.ofEntries(
            Map.entry("began", "started"),
            Map.entry("however, ", ""),
            Map.entry("also ", ""),
            Map.entry("approximately", "about"),
            Map.entry("became", "turned into"),
            Map.entry("large", "big"),
            Map.entry("used", "employed"),
            Map.entry("built", "constructed"),
            Map.entry("many", "numerous"),
            Map.entry("several", "a number of"),
            Map.entry("often", "frequently"),
            Map.entry("located", "situated"),
            Map.entry("made", "created"),
            Map.entry("such as", "like"));

    private SquadStatements() {}

    /** Statements of a file, evenly from all of its articles. */
    @SuppressWarnings("unchecked")
    static List<Case> read(Path file, int count, Style style) throws IOException {
        List<Object> articles;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            articles = (List<Object>) Json.parseObject(in.readAllBytes()).get("data");
        }
        List<List<Case>> byArticle = new ArrayList<>();
        for (int i = 0; i < articles.size(); i++) {
            Map<String, Object> article = (Map<String, Object>) articles.get(i);
            byArticle.add(cases(article, (Map<String, Object>) articles.get((i + 1) % articles.size()), style));
        }
        List<Case> chosen = new ArrayList<>();
        for (int round = 0; chosen.size() < count; round++) {
            boolean any = false;
            for (List<Case> cases : byArticle) {
                if (round < cases.size() && chosen.size() < count) {
                    chosen.add(cases.get(round));
                    any = true;
                }
            }
            if (!any) {
                throw new IllegalStateException(file + " has " + chosen.size() + " statements only");
            }
        }
        return chosen;
    }

    @SuppressWarnings("unchecked")
    private static List<Case> cases(Map<String, Object> article, Map<String, Object> otherArticle, Style style) {
        List<Map<String, Object>> paragraphs = (List<Map<String, Object>>) article.get("paragraphs");
        Set<Fact> elsewhere = facts((List<Map<String, Object>>) otherArticle.get("paragraphs"));
        Set<Fact> here = facts(paragraphs);
        Map<String, Case> cases = new LinkedHashMap<>();
        for (int p = 0; p < paragraphs.size(); p++) {
            String context = (String) paragraphs.get(p).get("context");
            List<String> passages = new ArrayList<>(List.of(context));
            for (int other : new int[] {p + 1, p + 2}) {
                passages.add((String) paragraphs.get(other % paragraphs.size()).get("context"));
            }
            Set<Fact> near = facts(List.of(paragraphs.get(p)));
            for (Object each : (List<Object>) paragraphs.get(p).get("qas")) {
                Map<String, Object> qa = (Map<String, Object>) each;
                Map<String, Object> answer = (Map<String, Object>) ((List<Object>) qa.get("answers")).getFirst();
                Fact fact = fact((String) answer.get("text"));
                if (fact == null) {
                    continue;
                }
                int start = ((Number) answer.get("answer_start")).intValue();
                int n = cases.size();
                String said = style == Style.QUESTION
                        ? declared(((String) qa.get("question")).strip(), fact)
                        : reworded(context, start);
                if (said == null || !said.contains(fact.text()) || said.length() < 25) {
                    continue;
                }
                // Every other one swapped with a fact of the same passage, as far as there is one.
                Fact other = other(
                        fact,
                        said,
                        Math.floorMod(said.hashCode(), 2) == 0 ? List.of(near, here, elsewhere) : List.of(elsewhere));
                if (other != null) {
                    String swapped = said.replace(fact.text(), other.text());
                    cases.put(
                            said,
                            new Case(
                                    passages,
                                    ((String) article.get("title")).replace('_', ' '),
                                    said,
                                    swapped,
                                    fact.kind()));
                }
            }
        }
        return List.copyOf(cases.values());
    }

    private static Fact fact(String text) {
        if (YEAR.matcher(text).matches() || DATE.matcher(text).matches()) {
            return new Fact(text, Kind.DATE);
        }
        if (NUMBER.matcher(text).matches()) {
            return new Fact(text, Kind.NUMBER);
        }
        return NAME.matcher(text).matches() && text.length() > 3 ? new Fact(text, Kind.NAME) : null;
    }

    @SuppressWarnings("unchecked")
    private static Set<Fact> facts(List<Map<String, Object>> paragraphs) {
        Set<Fact> facts = new LinkedHashSet<>();
        for (Map<String, Object> paragraph : paragraphs) {
            for (Object qa : (List<Object>) paragraph.get("qas")) {
                for (Object answer : (List<Object>) ((Map<String, Object>) qa).get("answers")) {
                    Fact fact = fact((String) ((Map<String, Object>) answer).get("text"));
                    if (fact != null) {
                        facts.add(fact);
                    }
                }
            }
        }
        return facts;
    }

    private static Fact other(Fact fact, String said, List<Set<Fact>> pools) {
        for (Set<Fact> pool : pools) {
            for (Fact other : pool) {
                if (other.kind() == fact.kind()
                        && YEAR.matcher(other.text()).matches()
                                == YEAR.matcher(fact.text()).matches()
                        && !said.contains(other.text())
                        && !other.text().contains(fact.text())) {
                    return other;
                }
            }
        }
        return null;
    }

    /** A question and its answer as a statement, or null. */
    private static String declared(String question, Fact fact) {
        Matcher subject = SUBJECT.matcher(question);
        if (subject.matches()) {
            return fact.text() + " " + subject.group(1) + ".";
        }
        Matcher was = WAS.matcher(question);
        if (was.matches() && fact.kind() == Kind.NAME) {
            return fact.text() + " " + was.group(1) + " " + was.group(2) + ".";
        }
        Matcher when = WHEN.matcher(question);
        if (when.matches()) {
            String subjectPart = Character.toUpperCase(when.group(2).charAt(0))
                    + when.group(2).substring(1);
            return subjectPart + " " + when.group(1) + " " + when.group(3) + when.group(4) + " in " + fact.text() + ".";
        }
        return null;
    }

    /** The sentence of a passage around a position in other words and another order, or null. */
    private static String reworded(String context, int position) {
        for (Span span : Sentences.split(context, 0, context.length())) {
            if (span.start() <= position && position < span.end() && span.length() < 300) {
                String sentence = context.substring(span.start(), span.end()).replaceAll(" ?\\([^)]*\\)", "");
                for (Map.Entry<String, String> word : OTHERWISE.entrySet()) {
                    sentence = sentence.replaceAll("\\b" + word.getKey() + "(?<=\\s|\\b)", word.getValue());
                }
                // What had brackets within brackets is no sentence any more.
                return sentence.matches(".*[()\\[\\]].*") ? null : turned(sentence);
            }
        }
        return null;
    }

    private static String turned(String sentence) {
        Matcher opening = Pattern.compile("((?:In|On|At|By|During|After|Before|From|For) [^,]{3,40}), (\\p{L}.*)\\.")
                .matcher(sentence);
        if (opening.matches()) {
            String rest = opening.group(2);
            String lower = opening.group(1).substring(0, 1).toLowerCase(java.util.Locale.ROOT)
                    + opening.group(1).substring(1);
            return rest.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + rest.substring(1) + " " + lower + ".";
        }
        return Math.floorMod(sentence.hashCode(), 3) == 0 ? "According to the passage, " + sentence : sentence;
    }
}
