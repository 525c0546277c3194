package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.TextEncoder;

/**
 * The golden inputs of an encoder. Every case has a text and the vector that another implementation computed for it; the
 * pack says how far a component may be off.
 *
 * @param tolerance largest absolute difference of one component, more than 0 and at most 0.1
 * @param leastCosine least cosine to a golden vector; 0 where nothing is said
 * @param cases at least one
 */
record EncoderSelfTest(double tolerance, double leastCosine, List<Case> cases) {

    private static final double GOLDEN_TOLERANCE = 0.001;
    private static final double GOLDEN_COSINE = 0.999;

    /**
     * @param text that is encoded
     * @param tokens it has, special ones included
     * @param vector expected
     */
    record Case(String text, int tokens, float[] vector) {}

    /** Reads a selftest.json. */
    static EncoderSelfTest read(String location, Path file) throws IOException {
        EncoderSelfTest test = SelfTest.read(location, file, EncoderSelfTest.class);
        SelfTest.check(location, test.tolerance, test.cases);
        if (!(test.leastCosine >= 0 && test.leastCosine <= 1)) {
            throw SelfTest.wrong(location, "leastCosine is " + test.leastCosine + ", 0 to 1 is allowed");
        }
        for (Case golden : test.cases) {
            if (golden == null || golden.text == null || golden.vector == null) {
                throw SelfTest.wrong(location, "a case lacks text or vector");
            }
        }
        return test;
    }

    /** A test of what the encoder computes now. */
    static Map<String, Object> golden(String location, TextEncoder encoder) throws ModelFormatException {
        Embeddings result = encoder.embed(SelfTest.TEXTS);
        List<Map<String, Object>> cases = new ArrayList<>();
        for (int i = 0; i < SelfTest.TEXTS.size(); i++) {
            Map<String, Object> golden = new LinkedHashMap<>();
            golden.put("text", SelfTest.TEXTS.get(i));
            golden.put("tokens", result.tokens()[i]);
            golden.put("vector", rounded(location, result.vectors()[i]));
            cases.add(golden);
        }
        Map<String, Object> test = new LinkedHashMap<>();
        test.put("tolerance", GOLDEN_TOLERANCE);
        test.put("leastCosine", GOLDEN_COSINE);
        test.put("cases", cases);
        return test;
    }

    /** Six decimals: what is left of the order of summation does not change the revision's digest. */
    private static List<Double> rounded(String location, float[] vector) throws ModelFormatException {
        List<Double> rounded = new ArrayList<>();
        double square = 0;
        for (float component : vector) {
            rounded.add(Math.round(component * 1e6) / 1e6);
            square += (double) component * component;
        }
        if (!(square > 0 && square < Double.POSITIVE_INFINITY)) {
            throw new ModelFormatException(
                    location + ": the model computes no usable vector (its length is " + Math.sqrt(square) + ")");
        }
        return rounded;
    }

    /** Runs every case. */
    SelfTest.Outcome run(String location, TextEncoder encoder) {
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
                failure = SelfTest.failure(location, i, wrong);
            }
        }
        return SelfTest.outcome(failure, cases.size(), tolerance, worst, least, start);
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
