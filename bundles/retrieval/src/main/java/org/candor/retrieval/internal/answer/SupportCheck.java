package org.candor.retrieval.internal.answer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.candor.retrieval.internal.answer.Statement.Kind;
import org.candor.retrieval.internal.answer.Statement.Word;
import org.candor.retrieval.internal.index.Analysis;

/**
 * Whether passages support a sentence that was written from them. They do when a sentence of theirs says most of its words, when
 * each of its facts (numbers and names) stands in one of their sentences among the words that it has around it, and when neither says
 * no where the other says yes. No model takes part: the same sentence and passages always give the same, and what decides can be
 * read here. Thread safe.
 */
public final class SupportCheck {

    /**
     * Share of a sentence's words that the sentences which support it have to hold, and share of the words around a fact that have to
     * stand around it there. Chosen on SQuAD train; docs/evaluation.md says what they keep and drop on SQuAD dev.
     */
    static final double COVERAGE = 0.6;

    /** The same where names have no capitals, so that only their own words tell them apart. */
    private static final double COVERAGE_WITHOUT_CAPITALS = 0.85;

    static final double SURROUNDINGS = 0.4;

    /** Words on each side of a fact that are looked at, and how much farther away they may stand in the passage. */
    private static final int AROUND = 4;

    private static final int STRETCH = 5;

    private static final Pattern BRACKETS = Pattern.compile("\\s?[(\\[][^()\\[\\]]*[)\\]]");

    private final Analysis analysis;
    private final double coverage;
    private final double surroundings;

    /** @param language of the sentences, {@code en} or {@code zh} */
    public SupportCheck(String language) {
        this(Analysis.of(language), language.equals("zh") ? COVERAGE_WITHOUT_CAPITALS : COVERAGE, SURROUNDINGS);
    }

    SupportCheck(Analysis analysis, double coverage, double surroundings) {
        this.analysis = analysis;
        this.coverage = coverage;
        this.surroundings = surroundings;
    }

    /** Passages, read once for all sentences of a text. */
    public final class Passages {
        private final List<List<Statement>> passages = new ArrayList<>();
        /** The same without what stands in brackets, which tears apart what belongs together. */
        private final List<List<Statement>> bare = new ArrayList<>();

        private final List<Set<String>> contexts = new ArrayList<>();

        Passages(List<List<String>> passages, List<String> contexts) {
            for (List<String> sentences : passages) {
                this.passages.add(read(sentences));
                bare.add(read(sentences.stream()
                        .map(sentence -> BRACKETS.matcher(sentence).replaceAll(""))
                        .toList()));
            }
            contexts.forEach(context -> this.contexts.add(Set.copyOf(analysis.terms(context))));
        }

        private List<Statement> read(List<String> sentences) {
            return sentences.stream()
                    .map(sentence -> Statement.of(sentence, analysis))
                    .toList();
        }

        /**
         * Sentences that support another one together, the one that says most of it first.
         *
         * @return passage and sentence by number; none where it is not supported
         */
        public List<Place> support(String sentence) {
            Statement said = Statement.of(sentence, analysis);
            if (said.words().isEmpty()) {
                return List.of();
            }
            Place best = null;
            double most = 0;
            for (int p = 0; p < passages.size(); p++) {
                for (int s = 0; s < passages.get(p).size(); s++) {
                    double share =
                            SupportCheck.share(said, passages.get(p).get(s).terms());
                    if (share > most) {
                        most = share;
                        best = new Place(p, s);
                    }
                }
            }
            return best == null ? List.of() : support(said, best);
        }

        /** Share of a sentence's words that another one holds, 0 to 1. */
        double share(String sentence, Place place) {
            return SupportCheck.share(
                    Statement.of(sentence, analysis), at(place).terms());
        }

        private List<Place> support(Statement said, Place best) {
            Statement main = at(best);
            Set<Place> places = new TreeSet<>();
            places.add(best);
            Set<String> held = new HashSet<>(main.terms());
            held.addAll(contexts.get(best.passage()));
            for (int i = 0; i < said.words().size(); i++) {
                Word fact = said.words().get(i);
                if (!fact.fact()) {
                    continue;
                }
                Place place = place(said, i, best);
                if (place == null) {
                    return List.of();
                }
                if (places.add(place)) {
                    held.addAll(at(place).terms());
                }
            }
            if (SupportCheck.share(said, held) < coverage || moreOften(said, places) || contradicted(said, places)) {
                return List.of();
            }
            List<Place> ordered = new ArrayList<>(List.of(best));
            places.stream().filter(place -> !place.equals(best)).forEach(ordered::add);
            return ordered;
        }

        /** Where a fact stands among the words that it has around it, or null. */
        private Place place(Statement said, int i, Place best) {
            if (stands(said, i, best) || moved(said.words().get(i), at(best))) {
                return best;
            }
            for (int p = 0; p < passages.size(); p++) {
                for (int s = 0; s < passages.get(p).size(); s++) {
                    Place place = new Place(p, s);
                    if (stands(said, i, place)) {
                        return place;
                    }
                }
            }
            return referred(said, said.words().get(i), best);
        }

        /** A name that the best sentence has a pronoun for. */
        private Place referred(Statement said, Word name, Place best) {
            Set<String> told = said.terms();
            if (name.kind() == Kind.NUMBER
                    || at(best).words().stream()
                            .anyMatch(word -> word.kind() == Kind.NAME && !told.contains(word.term()))) {
                return null;
            }
            if (contexts.get(best.passage()).contains(name.term())) {
                return best;
            }
            if (at(best).refersBack()) {
                for (int s = best.sentence() - 1; s >= Math.max(0, best.sentence() - 2); s--) {
                    if (passages.get(best.passage()).get(s).terms().contains(name.term())) {
                        return new Place(best.passage(), s);
                    }
                }
            }
            return null;
        }

        private boolean stands(Statement said, int i, Place place) {
            return stands(said, i, at(place))
                    || stands(said, i, bare.get(place.passage()).get(place.sentence()));
        }

        private boolean stands(Statement said, int i, Statement there) {
            Word fact = said.words().get(i);
            Map<String, Double> around = around(said, i, AROUND);
            double all = around.values().stream().mapToDouble(weight -> weight).sum();
            for (int j = 0; j < there.words().size(); j++) {
                if (same(fact, there.words().get(j))) {
                    Set<String> near = around(there, j, AROUND + STRETCH).keySet();
                    double found = around.entrySet().stream()
                            .filter(word -> near.contains(word.getKey()))
                            .mapToDouble(Map.Entry::getValue)
                            .sum();
                    if (found >= surroundings * all) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** Facts that a sentence repeats and those behind it do not. */
        private boolean moreOften(Statement said, Set<Place> places) {
            Map<String, Integer> counts = new HashMap<>();
            for (Place place : places) {
                for (Word word : at(place).words()) {
                    counts.merge(word.term(), 1, Integer::sum);
                }
            }
            Map<String, Integer> wanted = new HashMap<>();
            for (Word word : said.words()) {
                if (word.fact()
                        && wanted.merge(word.term(), 1, Integer::sum) > 1
                        && wanted.get(word.term()) > counts.getOrDefault(word.term(), 1)) {
                    return true;
                }
            }
            return false;
        }

        /** Whether one says no where the other says yes. */
        private boolean contradicted(Statement said, Set<Place> places) {
            Set<String> negated = new HashSet<>();
            places.forEach(place -> negated.addAll(at(place).negated()));
            return said.negated().isEmpty()
                    ? !Collections.disjoint(negated, said.terms())
                    : Collections.disjoint(negated, said.negated());
        }

        private Statement at(Place place) {
            return passages.get(place.passage()).get(place.sentence());
        }
    }

    /** A sentence of a passage, by their numbers. */
    public record Place(int passage, int sentence) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return passage != other.passage
                    ? Integer.compare(passage, other.passage)
                    : Integer.compare(sentence, other.sentence);
        }
    }

    /**
     * Reads passages.
     *
     * @param passages sentences of each
     * @param contexts title and headings of each
     */
    public Passages read(List<List<String>> passages, List<String> contexts) {
        return new Passages(passages, contexts);
    }

    /** A name in lower case is a word. */
    private static boolean same(Word fact, Word there) {
        return there.term().equals(fact.term())
                && (there.kind() == fact.kind()
                        || fact.kind() == Kind.OPENING
                        || (fact.kind() == Kind.NAME && there.kind() == Kind.OPENING));
    }

    /** Whether a fact stands there behind the preposition that it has here: such a phrase moves from end to end. */
    private static boolean moved(Word fact, Statement there) {
        return !fact.adverbial().isEmpty()
                && there.words().stream()
                        .anyMatch(word -> same(fact, word) && word.adverbial().equals(fact.adverbial()));
    }

    /** Words around one, the nearer the weightier. */
    private static Map<String, Double> around(Statement statement, int i, int distance) {
        List<Word> words = statement.words();
        Map<String, Double> around = new HashMap<>();
        int phrase = words.get(i).phrase();
        for (int step : new int[] {-1, 1}) {
            int seen = 0;
            for (int j = i + step; j >= 0 && j < words.size() && seen < distance; j += step) {
                if (words.get(j).phrase() != phrase) {
                    seen++;
                    around.merge(words.get(j).term(), 1.0 / seen, Math::max);
                }
            }
        }
        return around;
    }

    private static double share(Statement said, Set<String> held) {
        return (double) said.words().stream()
                        .filter(word -> held.contains(word.term()))
                        .count()
                / said.words().size();
    }
}
