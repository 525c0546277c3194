package org.candor.models.internal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.TextEncoder;

/**
 * The golden inputs of a pack. Every case has a text and the vector that another implementation computed for it; the
 * pack says how far a component may be off.
 *
 * @param tolerance largest absolute difference of one component, more than 0 and at most 0.1
 * @param cases at least one
 */
record SelfTest(double tolerance, List<Case> cases) {

    private static final long MAX_BYTES = 8 << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
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
        for (Case golden : test.cases) {
            if (golden == null || golden.text == null || golden.vector == null) {
                throw new ModelFormatException(location + ": selftest.json: a case lacks text or vector");
            }
        }
        return test;
    }

    /**
     * Runs every case.
     *
     * @throws ModelFormatException naming the case and how far off it is
     */
    void run(String location, TextEncoder encoder) throws ModelFormatException {
        Embeddings result = encoder.embed(cases.stream().map(Case::text).toList());
        for (int i = 0; i < cases.size(); i++) {
            Case golden = cases.get(i);
            float[] vector = result.vectors()[i];
            String name = location + ": self-test case " + i;
            if (result.tokens()[i] != golden.tokens) {
                throw new ModelFormatException(
                        name + ": " + result.tokens()[i] + " tokens, " + golden.tokens + " expected");
            }
            if (vector.length != golden.vector.length) {
                throw new ModelFormatException(
                        name + ": " + vector.length + " dimensions, " + golden.vector.length + " expected");
            }
            double worst = 0;
            for (int d = 0; d < vector.length; d++) {
                double difference = Math.abs((double) vector[d] - golden.vector[d]);
                worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
            }
            if (worst > tolerance) {
                throw new ModelFormatException(
                        name + ": a component is off by " + worst + ", " + tolerance + " is allowed");
            }
        }
    }
}
