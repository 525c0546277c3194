package org.candor.models.internal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.SelfTestResult;
import org.candor.api.model.TextEncoder;

/**
 * The golden inputs of a pack. Every case has a text and the vector that another implementation computed for it; the
 * pack says how far a component may be off.
 *
 * @param tolerance largest absolute difference of one component, more than 0 and at most 0.1
 * @param leastCosine least cosine to a golden vector; 0 where nothing is said
 * @param cases at least one
 */
record SelfTest(double tolerance, double leastCosine, List<Case> cases) {

    private static final long MAX_BYTES = 8 << 20;
    private static final int REMEMBERED_TYPES = 64;
    /** Jackson remembers types in a place for all bundles, where these would keep this bundle's classes after a refresh. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .typeFactory(TypeFactory.defaultInstance().withCache(new LRUMap<Object, JavaType>(16, REMEMBERED_TYPES)))
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * @param text that is encoded
     * @param tokens it has, special ones included
     * @param vector expected
     */
    record Case(String text, int tokens, float[] vector) {}

    /** Reads a selftest.json. */
    static SelfTest read(String location, Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new ModelFormatException(location + ": selftest.json is larger than " + MAX_BYTES + " bytes");
        }
        SelfTest test;
        try {
            test = JSON.readValue(Files.readAllBytes(file), SelfTest.class);
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new ModelFormatException(location + ": selftest.json: " + e.getOriginalMessage(), e);
        }
        if (test == null || test.cases == null || test.cases.isEmpty()) {
            throw new ModelFormatException(location + ": selftest.json has no cases");
        }
        if (!(test.tolerance > 0 && test.tolerance <= 0.1)) {
            throw new ModelFormatException(location + ": selftest.json: tolerance is " + test.tolerance
                    + ", more than 0 and at most 0.1 is allowed");
        }
        if (!(test.leastCosine >= 0 && test.leastCosine <= 1)) {
            throw new ModelFormatException(
                    location + ": selftest.json: leastCosine is " + test.leastCosine + ", 0 to 1 is allowed");
        }
        for (Case golden : test.cases) {
            if (golden == null || golden.text == null || golden.vector == null) {
                throw new ModelFormatException(location + ": selftest.json: a case lacks text or vector");
            }
        }
        return test;
    }

    /**
     * @param result what was measured
     * @param failure naming the first case that is off and by how much, or null
     */
    record Outcome(SelfTestResult result, String failure) {}

    /** Runs every case. */
    Outcome run(String location, TextEncoder encoder) {
        long start = System.nanoTime();
        Embeddings result = encoder.embed(cases.stream().map(Case::text).toList());
        double worst = 0;
        double least = 1;
        String failure = null;
        for (int i = 0; i < cases.size(); i++) {
            Case golden = cases.get(i);
            float[] vector = result.vectors()[i];
            String wrong = null;
            double difference = Double.POSITIVE_INFINITY;
            double cosine = -1;
            if (result.tokens()[i] != golden.tokens) {
                wrong = result.tokens()[i] + " tokens, " + golden.tokens + " expected";
            } else if (vector.length != golden.vector.length) {
                wrong = vector.length + " dimensions, " + golden.vector.length + " expected";
            } else {
                difference = difference(vector, golden.vector);
                cosine = cosine(vector, golden.vector);
                if (!(difference <= tolerance)) {
                    wrong = "a component is off by " + difference + ", " + tolerance + " is allowed";
                } else if (!(cosine >= leastCosine)) {
                    wrong = "the cosine to its golden vector is " + cosine + ", at least " + leastCosine + " is needed";
                }
            }
            worst = Math.max(worst, difference);
            least = Math.min(least, cosine);
            if (wrong != null && failure == null) {
                failure = location + ": self-test case " + i + ": " + wrong;
            }
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        return new Outcome(
                new SelfTestResult(
                        failure == null,
                        cases.size(),
                        tolerance,
                        worst,
                        least,
                        millis,
                        Instant.now().truncatedTo(ChronoUnit.MILLIS)),
                failure);
    }

    private static double difference(float[] vector, float[] golden) {
        double worst = 0;
        for (int d = 0; d < vector.length; d++) {
            double difference = Math.abs((double) vector[d] - golden[d]);
            worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
        }
        return worst;
    }

    private static double cosine(float[] vector, float[] golden) {
        double product = 0;
        double square = 0;
        double goldenSquare = 0;
        for (int d = 0; d < vector.length; d++) {
            product += (double) vector[d] * golden[d];
            square += (double) vector[d] * vector[d];
            goldenSquare += (double) golden[d] * golden[d];
        }
        double cosine = product / Math.sqrt(square * goldenSquare);
        return Double.isNaN(cosine) ? -1 : Math.min(1, cosine);
    }
}
