package org.candor.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Where the time of answers goes, by what they say of it themselves in {@code timings}. */
final class Laps {

    private final Map<String, List<Double>> millis = new LinkedHashMap<>();

    /** Notes an answer; one without timings says nothing. */
    void add(String answer) throws IOException {
        JsonNode timings = OwnServer.parse(answer).path("timings");
        timings.fields().forEachRemaining(lap -> millis.computeIfAbsent(lap.getKey(), key -> new ArrayList<>())
                .add(lap.getValue().asDouble()));
    }

    /** The median of every lap in milliseconds, as one line; none where there is nothing. */
    void print(String work, String path, PrintStream out) {
        if (!millis.isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"governance\",\"work\":\"%s\",\"path\":\"%s\",\"lapMillis\":{%s}}%n",
                    work,
                    path,
                    millis.entrySet().stream()
                            .map(lap -> "\"" + lap.getKey() + "\":"
                                    + String.format(Locale.ROOT, "%.3f", median(lap.getValue())))
                            .collect(Collectors.joining(",")));
        }
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
