package org.candor.retrieval.internal.answer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.retrieval.internal.index.Analysis;
import org.candor.retrieval.internal.index.IndexedPassage;
import org.candor.retrieval.internal.index.Snapshot;

/**
 * What speaks for a sentence: how near it and its passage are to the question, how much of the question it repeats, and
 * whether it holds the sort of thing that is asked for.
 */
public final class SentenceFeatures {
    /** In the order of {@link Sentence#features}. */
    public static final List<String> NAMES = List.of(
            "passage.fused",
            "passage.vector",
            "passage.lexical",
            "passage.coverage",
            "passage.bestVector",
            "passage.first",
            "sentence.vector",
            "sentence.gap",
            "sentence.coverage",
            "sentence.pairs",
            "sentence.nearCoverage",
            "sentence.window",
            "sentence.vectorTimesCoverage",
            "sentence.best",
            "sentence.length",
            "sentence.short",
            "sentence.opening",
            "sentence.new",
            "kind.number",
            "kind.time",
            "kind.person",
            "kind.place",
            "kind.numberMissing",
            "sentence.question",
            "sentence.refersBack",
            "passage.names",
            "passage.rarestMissing",
            "sentence.names",
            "sentence.windowMissing");

    private static final Pattern NUMBER = Pattern.compile(
            "\\d|\\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|"
                    + "billion|half|third|quarter|twice|once)\\b|[一二三四五六七八九十百千万亿两]");
    private static final Pattern TIME = Pattern.compile(
            "\\b(?:1[0-9]|20)\\d\\d\\b|\\b(?:january|february|march|april|may|june|july|august|september|october|"
                    + "november|december|century|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\\b|\\d+ ?(?:年|月|日|世纪)");
    private static final Pattern NAME = Pattern.compile("(?<=[\\p{L},;:'\"] )\\p{Lu}[\\p{L}'.-]+");
    private static final Pattern BACK = Pattern.compile(
            "^(?:it|he|she|they|this|that|these|those|its|his|her|their|such|the former|the latter|"
                    + "however|therefore|thus|also|其|这|该|他|她|它|此)\\b?",
            Pattern.CASE_INSENSITIVE);

    private final Question question;
    private final Analysis analysis;
    private final Set<String> questionPairs;
    private final double bestLexical;

    SentenceFeatures(Question question, Analysis analysis, double bestLexical) {
        this.question = question;
        this.analysis = analysis;
        this.bestLexical = bestLexical;
        this.questionPairs = pairs(question.terms());
    }

    /** All sentences of a passage with their features. */
    List<Sentence> of(DocumentInfo document, Snapshot.Found found, int rank) {
        IndexedPassage passage = found.passage();
        int n = passage.sentences().size();
        List<List<String>> terms = new ArrayList<>(n);
        List<String> texts = new ArrayList<>(n);
        Set<String> all = new HashSet<>(analysis.terms(passage.context()));
        Set<String> context = Set.copyOf(all);
        double best = -1;
        for (int i = 0; i < n; i++) {
            texts.add(passage.sentence(i));
            terms.add(analysis.terms(texts.get(i)));
            all.addAll(terms.get(i));
            best = Math.max(best, found.vectors().dot(i, question.vector()));
        }
        double passageCoverage = question.coverage(all);
        double passageNames = question.named(all);
        double passageMissing = question.rarestMissing(all);
        List<Sentence> sentences = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            Set<String> near = new HashSet<>(terms.get(i));
            near.addAll(context);
            near.addAll(i > 0 ? terms.get(i - 1) : List.of());
            Set<String> window = new HashSet<>(near);
            window.addAll(i + 1 < n ? terms.get(i + 1) : List.of());
            double[] features =
                    features(found, rank, texts.get(i), terms.get(i), i, best, passageCoverage, near, window);
            features[NAMES.indexOf("passage.names")] = passageNames;
            features[NAMES.indexOf("passage.rarestMissing")] = passageMissing;
            sentences.add(new Sentence(document, found, i, texts.get(i), features, 0));
        }
        return sentences;
    }

    private double[] features(
            Snapshot.Found found,
            int rank,
            String text,
            List<String> terms,
            int i,
            double best,
            double passageCoverage,
            Set<String> near,
            Set<String> window) {
        double vector = found.vectors().dot(i, question.vector());
        Set<String> own = new HashSet<>(terms);
        double coverage = question.coverage(own);
        double lexical = found.candidate().lexical();
        int unseen = 0;
        for (String term : own) {
            unseen += question.weights().containsKey(term) ? 0 : 1;
        }
        boolean number = NUMBER.matcher(text.toLowerCase(Locale.ROOT)).find();
        boolean time = TIME.matcher(text.toLowerCase(Locale.ROOT)).find();
        boolean name = NAME.matcher(text).find();
        Question.Kind kind = question.kind();
        return new double[] {
            found.candidate().score(),
            found.candidate().vector(),
            Double.isNaN(lexical) || bestLexical <= 0 ? 0 : lexical / bestLexical,
            passageCoverage,
            best,
            rank == 0 ? 1 : 0,
            vector,
            vector - best,
            coverage,
            pairCoverage(terms),
            question.coverage(near),
            question.coverage(window),
            vector * coverage,
            vector == best ? 1 : 0,
            Math.log(1 + terms.size()),
            terms.size() < 4 ? 1 : 0,
            i == 0 ? 1 : 0,
            Math.log(1 + unseen),
            kind == Question.Kind.NUMBER && number ? 1 : 0,
            kind == Question.Kind.TIME && time ? 1 : 0,
            kind == Question.Kind.PERSON && name ? 1 : 0,
            kind == Question.Kind.PLACE && name ? 1 : 0,
            (kind == Question.Kind.NUMBER && !number) || (kind == Question.Kind.TIME && !time) ? 1 : 0,
            text.endsWith("?") || text.endsWith("？") ? 1 : 0,
            BACK.matcher(text).find() ? 1 : 0,
            0,
            0,
            question.named(own),
            question.rarestMissing(window)
        };
    }

    private double pairCoverage(List<String> terms) {
        if (questionPairs.isEmpty()) {
            return 0;
        }
        Set<String> shared = pairs(terms);
        shared.retainAll(questionPairs);
        return (double) shared.size() / questionPairs.size();
    }

    private static Set<String> pairs(List<String> terms) {
        Set<String> pairs = new HashSet<>();
        for (int i = 1; i < terms.size(); i++) {
            pairs.add(terms.get(i - 1) + ' ' + terms.get(i));
        }
        return pairs;
    }
}
