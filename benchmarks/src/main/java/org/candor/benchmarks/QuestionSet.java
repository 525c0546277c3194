package org.candor.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.zip.GZIPInputStream;

/**
 * A reading-comprehension set in SQuAD's form as a library: each paragraph a document.
 *
 * @param paragraphs in file order
 * @param questions in file order
 */
record QuestionSet(List<String> paragraphs, List<Asked> questions) {

    /**
     * A question.
     *
     * @param id of the set
     * @param text as asked
     * @param paragraph index of the paragraph it was asked of
     * @param golds accepted answers
     * @param start code unit of the first gold answer in its paragraph
     */
    record Asked(String id, String text, int paragraph, List<String> golds, int start) {}

    /** Articles {@code from} (inclusive) to {@code to} (exclusive) of a gzipped file. */
    static QuestionSet read(Path file, int from, int to) throws IOException {
        JsonNode articles;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            articles = new ObjectMapper().readTree(in).get("data");
        }
        List<String> paragraphs = new ArrayList<>();
        List<Asked> questions = new ArrayList<>();
        for (int a = from; a < Math.min(to, articles.size()); a++) {
            for (JsonNode paragraph : articles.get(a).get("paragraphs")) {
                for (JsonNode question : paragraph.get("qas")) {
                    List<String> golds = new ArrayList<>();
                    question.get("answers")
                            .forEach(gold -> golds.add(gold.get("text").asText()));
                    questions.add(new Asked(
                            question.get("id").asText(),
                            question.get("question").asText(),
                            paragraphs.size(),
                            golds,
                            question.get("answers").get(0).get("answer_start").asInt()));
                }
                paragraphs.add(paragraph.get("context").asText());
            }
        }
        return new QuestionSet(paragraphs, questions);
    }

    /** Question ids sorted, every n-th. */
    List<Asked> every(int n) {
        List<Asked> sorted = new ArrayList<>(questions);
        sorted.sort(Comparator.comparing(Asked::id));
        List<Asked> some = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i += n) {
            some.add(sorted.get(i));
        }
        return some;
    }

    /** Paragraphs as files, those whose index is kept. */
    Map<String, String> files(IntPredicate kept) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < paragraphs.size(); i++) {
            if (kept.test(i)) {
                files.put(name(i), paragraphs.get(i));
            }
        }
        return files;
    }

    /** All paragraphs as files, each naming a subject of its own, so that a scope can leave one out. */
    Map<String, String> filesWithSubjects() {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < paragraphs.size(); i++) {
            files.put(name(i), "---\nsubjects: " + subject(i) + "\n---\n" + paragraphs.get(i));
        }
        return files;
    }

    static String subject(int paragraph) {
        return "paragraph-" + paragraph;
    }

    static String name(int paragraph) {
        return "%05d.txt".formatted(paragraph);
    }

    String paragraph(String document) {
        return paragraphs.get(Integer.parseInt(document.substring(0, 5)));
    }
}
