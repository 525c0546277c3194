package org.candor.retrieval.internal.answer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;

/**
 * Fitted constants of a language: a linear score over {@link SentenceFeatures}, and a logistic model over {@link
 * SupportFeatures} of whether the best sentences answer at all. Read from a resource that says what they were fitted on.
 *
 * @param sentence weights in the order of {@link SentenceFeatures#NAMES}
 * @param support weights in the order of {@link SupportFeatures#NAMES}
 * @param supportBias its constant
 * @param threshold least probability with which the library is taken to answer
 * @param passages how many of the best passages are read for sentences
 */
public record AnswerModel(double[] sentence, double[] support, double supportBias, double threshold, int passages) {

    /** The constants that ship for a language. */
    public static AnswerModel of(String language) {
        String name = "answer-" + language + ".properties";
        try (InputStream in = AnswerModel.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            return read(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads constants; every name must be there. */
    public static AnswerModel read(Reader in) throws IOException {
        Properties values = new Properties();
        values.load(in);
        return new AnswerModel(
                numbers(values, SentenceFeatures.NAMES),
                numbers(values, SupportFeatures.NAMES),
                number(values, "support.bias"),
                number(values, "support.threshold"),
                (int) number(values, "passages"));
    }

    double score(double[] features) {
        return dot(sentence, features);
    }

    /** Probability that the library answers, 0 to 1. */
    double probability(double[] features) {
        return 1 / (1 + Math.exp(-(supportBias + dot(support, features))));
    }

    private static double dot(double[] weights, double[] features) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * features[i];
        }
        return sum;
    }

    private static double[] numbers(Properties values, List<String> names) {
        return names.stream().mapToDouble(name -> number(values, name)).toArray();
    }

    private static double number(Properties values, String name) {
        String value = values.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("the answer model has no value for " + name);
        }
        return Double.parseDouble(value.strip());
    }
}
