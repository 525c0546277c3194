package org.candor.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Retrieval measures as trec_eval defines them with {@code -c}: every judged query counts, one without results as 0.
 * Runs are lists in rank order, which stands for strictly decreasing scores.
 */
final class TrecEval {
    private TrecEval() {}

    /** Judgements by query and document, from lines {@code query 0 document relevance}. */
    static Map<String, Map<String, Integer>> judgements(Path file) throws IOException {
        Map<String, Map<String, Integer>> judgements = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.strip().split("\\s+");
            if (parts.length == 4) {
                judgements
                        .computeIfAbsent(parts[0], query -> new LinkedHashMap<>())
                        .put(parts[2], Integer.parseInt(parts[3]));
            }
        }
        return judgements;
    }

    /** Normalised discounted cumulative gain at a depth, linear gain, log2 discount (Jarvelin and Kekalainen 2002). */
    static double ndcg(Map<String, Map<String, Integer>> judgements, Map<String, List<String>> run, int depth) {
        double sum = 0;
        for (Map.Entry<String, Map<String, Integer>> query : judgements.entrySet()) {
            List<String> found = run.getOrDefault(query.getKey(), List.of());
            double gain = 0;
            for (int i = 0; i < Math.min(depth, found.size()); i++) {
                gain += Math.max(0, query.getValue().getOrDefault(found.get(i), 0)) / log2(i + 2);
            }
            List<Integer> ideal = query.getValue().values().stream()
                    .filter(relevance -> relevance > 0)
                    .sorted((a, b) -> b - a)
                    .toList();
            double best = 0;
            for (int i = 0; i < Math.min(depth, ideal.size()); i++) {
                best += ideal.get(i) / log2(i + 2);
            }
            sum += best > 0 ? gain / best : 0;
        }
        return sum / judgements.size();
    }

    /** Mean average precision; relevance 1 and more counts. */
    static double map(Map<String, Map<String, Integer>> judgements, Map<String, List<String>> run) {
        double sum = 0;
        for (Map.Entry<String, Map<String, Integer>> query : judgements.entrySet()) {
            long relevant =
                    query.getValue().values().stream().filter(r -> r > 0).count();
            double precision = 0;
            int hits = 0;
            List<String> found = run.getOrDefault(query.getKey(), List.of());
            for (int i = 0; i < found.size(); i++) {
                if (query.getValue().getOrDefault(found.get(i), 0) > 0) {
                    precision += ++hits / (i + 1.0);
                }
            }
            sum += relevant > 0 ? precision / relevant : 0;
        }
        return sum / judgements.size();
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }
}
