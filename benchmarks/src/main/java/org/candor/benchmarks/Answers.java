package org.candor.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import org.candor.api.model.TextEncoder;
import org.candor.api.retrieval.Findings;
import org.candor.retrieval.internal.RetrievalService;

/**
 * Answers with citations on a reading-comprehension set: each paragraph is a document, each question is put to the whole
 * library. A refused question counts as wrong. Then every 20th paragraph is taken out, and its questions ought to be
 * refused.
 */
final class Answers {
    private static final int TAKEN_OUT = 20;

    private final String corpus;
    private final QuestionSet set;
    private final List<QuestionSet.Asked> questions;
    private final Encoder kind;
    private final TextEncoder encoder;

    /** @param every every n-th question, ids sorted, is asked */
    Answers(String corpus, QuestionSet set, int every, Encoder kind, TextEncoder encoder) {
        this.corpus = corpus;
        this.set = set;
        this.questions = set.every(every);
        this.kind = kind;
        this.encoder = encoder;
    }

    void run(PrintStream out) throws IOException, InterruptedException {
        try (BenchLibrary library = library(paragraph -> true)) {
            answered(library, false, out);
        }
        try (BenchLibrary library = library(paragraph -> paragraph % TAKEN_OUT != 0)) {
            refused(library, "sample", questions, out);
            Set<QuestionSet.Asked> more = new HashSet<>(questions);
            set.questions().stream()
                    .filter(question -> question.paragraph() % TAKEN_OUT == 0)
                    .forEach(more::add);
            refused(library, "all", List.copyOf(more), out);
        }
    }

    /** Documents a second, the encoder's share of it, and how long a question takes. */
    void speed(PrintStream out) throws IOException, InterruptedException {
        try (BenchLibrary library = library(paragraph -> true)) {
            double seconds = library.seconds();
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"retrieval\",\"corpus\":\"%s\",\"documents\":%d,\"documentsPerSecond\":%.1f,"
                            + "\"encoderTokens\":%d,\"encoderShare\":%.3f}%n",
                    corpus,
                    set.paragraphs().size(),
                    set.paragraphs().size() / seconds,
                    library.documents().encoder().tokens(),
                    library.documents().encoder().nanos() * 1e-9 / seconds);
            answered(library, true, out);
        }
    }

    private BenchLibrary library(IntPredicate kept) throws IOException, InterruptedException {
        return new BenchLibrary(kind, encoder, set.files(kept), 160, 380, 0.5);
    }

    private void answered(BenchLibrary library, boolean speed, PrintStream out) {
        RetrievalService retrieval = library.retrieval();
        int document = 0;
        int answer = 0;
        int refused = 0;
        int sentences = 0;
        double[] millis = new double[questions.size()];
        for (int i = 0; i < millis.length; i++) {
            QuestionSet.Asked question = questions.get(i);
            long start = System.nanoTime();
            Findings findings = ask(retrieval, question);
            millis[i] = (System.nanoTime() - start) * 1e-6;
            if (findings.answer() == null) {
                refused++;
                continue;
            }
            String cited = set.paragraph(findings.citations().getFirst().document());
            sentences += findings.citations().size();
            document += question.golds().stream().anyMatch(cited::contains) ? 1 : 0;
            answer += question.golds().stream().anyMatch(findings.answer()::contains) ? 1 : 0;
        }
        Arrays.sort(millis);
        double n = millis.length;
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"retrieval\",\"corpus\":\"%s\",\"questions\":%d,\"firstDocument\":%.4f,\"answer\":%.4f,"
                        + "\"refused\":%.4f,\"firstDocumentOfAnswered\":%.4f,\"answerOfAnswered\":%.4f,"
                        + "\"sentences\":%.2f%s}%n",
                corpus,
                millis.length,
                document / n,
                answer / n,
                refused / n,
                document / (n - refused),
                answer / (n - refused),
                sentences / (n - refused),
                speed
                        ? String.format(
                                Locale.ROOT,
                                ",\"p50Millis\":%.1f,\"p99Millis\":%.1f",
                                millis[millis.length / 2],
                                millis[millis.length * 99 / 100])
                        : "");
    }

    private void refused(BenchLibrary library, String which, List<QuestionSet.Asked> asked, PrintStream out) {
        RetrievalService retrieval = library.retrieval();
        int gone = 0;
        int goneRefused = 0;
        int othersRefused = 0;
        for (QuestionSet.Asked question : asked) {
            boolean without = question.paragraph() % TAKEN_OUT == 0;
            boolean refused = ask(retrieval, question).answer() == null;
            gone += without ? 1 : 0;
            goneRefused += without && refused ? 1 : 0;
            othersRefused += !without && refused ? 1 : 0;
        }
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"retrieval\",\"corpus\":\"%s\",\"takenOut\":\"every %dth paragraph\",\"questions\":\"%s\","
                        + "\"takenOutQuestions\":%d,\"refused\":%.4f,\"otherQuestions\":%d,\"othersRefused\":%.4f}%n",
                corpus,
                TAKEN_OUT,
                which,
                gone,
                goneRefused / (double) gone,
                asked.size() - gone,
                othersRefused / (double) (asked.size() - gone));
    }

    private Findings ask(RetrievalService retrieval, QuestionSet.Asked question) {
        return retrieval.answer(question.text(), kind.language(), BenchLibrary.everything());
    }
}
