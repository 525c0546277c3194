package org.candor.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.candor.api.model.TextEncoder;
import org.candor.api.retrieval.DocumentInfo;
import org.candor.api.retrieval.Scope;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.retrieval.internal.answer.AnswerModel;
import org.candor.retrieval.internal.answer.Answerer;
import org.candor.retrieval.internal.answer.Sentence;
import org.candor.retrieval.internal.answer.SentenceFeatures;
import org.candor.retrieval.internal.answer.SupportFeatures;
import org.candor.retrieval.internal.index.Snapshot;

/**
 * Fits the constants of the answer ranking on training articles and prints them as the resource that ships. Sentences
 * are ranked by a linear score whose softmax over a question's sentences is fitted to the one that holds the answer;
 * support is a logistic model over questions asked twice, with their paragraph in the library and without it.
 */
public final class FitAnswer implements Benchmark {
    private static final int PASSAGES = 12;

    private record Example(List<Sentence> sentences, int answer, List<Sentence> without, QuestionSet.Asked question) {}

    /**
     * Arguments: {@code language=en}, {@code data=FOLDER} (with squad and cmrc2018), {@code articles=0-50}, {@code
     * every=3}, {@code cache=FILE}, {@code refused=0.07} (share of answerable questions the threshold may refuse),
     * {@code to=FILE}.
     */
    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given =
                new Arguments(arguments, "language", "data", "articles", "every", "cache", "refused", "to", "threads");
        Encoder kind = Encoder.valueOf(given.text("language", "en").toUpperCase(Locale.ROOT));
        Path data = given.data();
        String[] articles =
                given.text("articles", kind == Encoder.EN ? "0-50" : "0-1200").split("-");
        int every = given.number("every", 3);
        String source = kind == Encoder.EN ? "squad/train-v1.1.json.gz" : "cmrc2018/train.json.gz";
        QuestionSet set =
                QuestionSet.read(data.resolve(source), Integer.parseInt(articles[0]), Integer.parseInt(articles[1]));
        Path folder = Files.createTempDirectory("candor-fit");
        try (CpuBackend backend = CpuBackend.open(given.number("threads", 2));
                TextEncoder encoder = given.cached(kind.load(folder, backend), kind);
                BenchLibrary library = new BenchLibrary(kind, encoder, set.filesWithSubjects(), 160, 380, 0.5)) {
            List<Example> examples = examples(set, set.every(every), library);
            String provenance = "Fitted by ./candor bench fit-answer on " + source + ", articles " + articles[0]
                    + " to " + articles[1] + ": " + set.paragraphs().size() + " paragraphs, " + examples.size()
                    + " questions.";
            fit(examples, set, provenance, given.fraction("refused", 0.07), given.text("to", null), out);
        } finally {
            BenchLibrary.delete(folder);
        }
    }

    private static List<Example> examples(QuestionSet set, List<QuestionSet.Asked> questions, BenchLibrary library) {
        AnswerModel blank = new AnswerModel(
                new double[SentenceFeatures.NAMES.size()], new double[SupportFeatures.NAMES.size()], 0, 0, PASSAGES);
        Answerer answerer = new Answerer(blank);
        List<Example> examples = new ArrayList<>();
        try (Snapshot snapshot = library.documents().snapshot(library.language())) {
            for (QuestionSet.Asked question : questions) {
                List<Sentence> sentences = rank(answerer, question, Set.of(), snapshot, library);
                List<Sentence> without =
                        rank(answerer, question, Set.of(QuestionSet.subject(question.paragraph())), snapshot, library);
                examples.add(new Example(sentences, answer(sentences, question, set), without, question));
            }
        }
        return examples;
    }

    private static List<Sentence> rank(
            Answerer answerer,
            QuestionSet.Asked question,
            Set<String> withdrawn,
            Snapshot snapshot,
            BenchLibrary library) {
        Scope scope = new Scope("default", "question-answering", Set.of(), withdrawn, document -> true);
        return answerer.rank(question.text(), scope, snapshot, library.documents()::current)
                .sentences();
    }

    /** Which sentence holds the answer where it was marked, or -1. */
    private static int answer(List<Sentence> sentences, QuestionSet.Asked question, QuestionSet set) {
        String paragraph = set.paragraphs().get(question.paragraph());
        for (int i = 0; i < sentences.size(); i++) {
            Sentence sentence = sentences.get(i);
            if (sentence.document().document().equals(QuestionSet.name(question.paragraph()))) {
                int start = paragraph.indexOf(sentence.text());
                if (start <= question.start()
                        && question.start() < start + sentence.text().length()) {
                    return i;
                }
            }
        }
        return -1;
    }

    private static void fit(
            List<Example> examples, QuestionSet set, String provenance, double refused, String to, PrintStream out)
            throws IOException {
        List<Example> train = new ArrayList<>();
        List<Example> held = new ArrayList<>();
        for (Example example : examples) {
            // whole articles are not mixed: neighbouring paragraphs share words
            (example.question().paragraph() % 5 == 4 ? held : train).add(example);
        }
        double[] sentence = softmax(train);
        List<double[]> rows = new ArrayList<>();
        List<Boolean> labels = new ArrayList<>();
        for (Example example : train) {
            supports(example.sentences(), sentence, rows);
            labels.add(holds(ranked(example.sentences(), sentence), example.question(), 3));
            supports(example.without(), sentence, rows);
            labels.add(false);
        }
        Logistic support = Logistic.fit(rows, labels, 1e-4);
        List<Double> answerable = probabilities(train, sentence, support, false);
        answerable.sort(Comparator.naturalOrder());
        double threshold = answerable.get((int) (refused * answerable.size()));
        report("train", train, set, sentence, support, threshold, out);
        report("held-out", held, set, sentence, support, threshold, out);
        StringBuilder text = new StringBuilder("# " + provenance + "\n");
        append(text, SentenceFeatures.NAMES, sentence);
        append(text, SupportFeatures.NAMES, support.weights());
        append(text, List.of("support.bias", "support.threshold"), new double[] {support.bias(), threshold});
        text.append("passages = ").append(PASSAGES).append('\n');
        if (to == null) {
            System.err.print(text);
        } else {
            Files.writeString(Path.of(to), text);
        }
    }

    private static void append(StringBuilder text, List<String> names, double[] values) {
        for (int i = 0; i < names.size(); i++) {
            text.append(String.format(Locale.ROOT, "%s = %.4f%n", names.get(i), values[i]));
        }
    }

    private static double[] softmax(List<Example> examples) {
        List<List<double[]>> lists = new ArrayList<>();
        List<Integer> answers = new ArrayList<>();
        for (Example example : examples) {
            if (example.answer() >= 0) {
                lists.add(example.sentences().stream().map(Sentence::features).toList());
                answers.add(example.answer());
            }
        }
        return SoftmaxRanking.fit(lists, answers, 1e-4);
    }

    private static List<Sentence> ranked(List<Sentence> sentences, double[] weights) {
        List<Sentence> ranked = new ArrayList<>();
        for (Sentence s : sentences) {
            ranked.add(new Sentence(
                    s.document(), s.found(), s.index(), s.text(), s.features(), Logistic.dot(weights, s.features())));
        }
        ranked.sort(Comparator.comparingDouble(Sentence::score).reversed());
        return ranked;
    }

    private static void supports(List<Sentence> sentences, double[] weights, List<double[]> rows) {
        rows.add(
                sentences.isEmpty()
                        ? new double[SupportFeatures.NAMES.size()]
                        : SupportFeatures.of(ranked(sentences, weights)));
    }

    private static boolean holds(List<Sentence> ranked, QuestionSet.Asked question, int most) {
        List<String> quotes = ranked.stream().limit(most).map(Sentence::text).toList();
        String answer = String.join(" ", quotes);
        return question.golds().stream().anyMatch(answer::contains);
    }

    private static List<Double> probabilities(
            List<Example> examples, double[] sentence, Logistic support, boolean without) {
        List<double[]> rows = new ArrayList<>();
        for (Example example : examples) {
            supports(without ? example.without() : example.sentences(), sentence, rows);
        }
        List<Double> probabilities = new ArrayList<>();
        rows.forEach(row -> probabilities.add(support.probability(row)));
        return probabilities;
    }

    private static void report(
            String part,
            List<Example> examples,
            QuestionSet set,
            double[] sentence,
            Logistic support,
            double threshold,
            PrintStream out) {
        int document = 0;
        int one = 0;
        int three = 0;
        int reachable = 0;
        for (Example example : examples) {
            List<Sentence> ranked = ranked(example.sentences(), sentence);
            DocumentInfo first = ranked.getFirst().document();
            String text = set.paragraph(first.document());
            document += example.question().golds().stream().anyMatch(text::contains) ? 1 : 0;
            one += holds(ranked, example.question(), 1) ? 1 : 0;
            three += holds(ranked, example.question(), 3) ? 1 : 0;
            reachable += example.answer() >= 0 ? 1 : 0;
        }
        List<Double> with = probabilities(examples, sentence, support, false);
        List<Double> without = probabilities(examples, sentence, support, true);
        double n = examples.size();
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"fit-answer\",\"part\":\"%s\",\"questions\":%d,\"reachable\":%.3f,\"document\":%.3f,"
                        + "\"first\":%.3f,\"answer\":%.3f,\"refusedWithout\":%.3f,\"refusedWith\":%.3f,"
                        + "\"refusedWithoutAt10\":%.3f}%n",
                part,
                examples.size(),
                reachable / n,
                document / n,
                one / n,
                three / n,
                below(without, threshold),
                below(with, threshold),
                below(without, with.stream().sorted().toList().get((int) (0.1 * n))));
    }

    private static double below(List<Double> values, double threshold) {
        return values.stream().filter(value -> value < threshold).count() / (double) values.size();
    }
}
