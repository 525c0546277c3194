package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.ModelFormatException;

/**
 * The golden inputs of a model that writes. Every case has a prompt and the tokens that follow it when the likeliest one is
 * taken each time, end tokens left out: these have to be equal. Because a wrong weight need not change which token is
 * likeliest, the first one's log-probability is compared as well.
 *
 * @param tolerance largest difference of a log-probability, more than 0 and at most 0.1
 * @param cases at least one
 */
record GeneratorSelfTest(double tolerance, List<Case> cases) {

    /** Least tokens of a case. */
    static final int LEAST_WRITTEN = 16;

    private static final double GOLDEN_TOLERANCE = 0.001;
    private static final int PROMPT_WITHOUT_TOKENIZER = 8;
    private static final int STRIDE = 7_919;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Sampling LIKELIEST = new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 0, Map.of(), 0, true, 0, 0);

    /**
     * @param text that the tokenizer makes the prompt of, or null where there is no tokenizer to be tested
     * @param prompt token ids
     * @param ids expected, at least {@link #LEAST_WRITTEN}
     * @param logprob natural logarithm of the first one's probability
     * @param continuation their text, or null where it is not tested
     */
    record Case(String text, int[] prompt, int[] ids, Double logprob, String continuation) {}

    /** Reads a selftest.json. */
    static GeneratorSelfTest read(String location, Path file) throws IOException {
        GeneratorSelfTest test = SelfTest.read(location, file, GeneratorSelfTest.class);
        SelfTest.check(location, test.tolerance, test.cases);
        for (Case golden : test.cases) {
            if (golden == null || golden.prompt == null || golden.prompt.length == 0 || golden.logprob == null) {
                throw SelfTest.wrong(location, "a case lacks prompt or logprob");
            }
            if (golden.ids == null || golden.ids.length < LEAST_WRITTEN) {
                throw SelfTest.wrong(location, "a case has fewer than " + LEAST_WRITTEN + " ids");
            }
        }
        return test;
    }

    /** A test of what the model writes now. */
    static Map<String, Object> golden(String location, TextGenerator model) throws ModelFormatException {
        List<Case> open = prompts(location, model);
        List<Continuation> written = write(location, model, open);
        List<Map<String, Object>> cases = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
            Continuation continuation = written.get(i);
            double logprob = Math.round(first(continuation) * 1e6) / 1e6;
            if (!Double.isFinite(first(continuation)) || ids(continuation).length < LEAST_WRITTEN) {
                throw new ModelFormatException(location + ": the model computes no usable scores (the first token's"
                        + " log-probability is " + first(continuation) + ")");
            }
            Map<String, Object> golden = new LinkedHashMap<>();
            if (open.get(i).text != null) {
                golden.put("text", open.get(i).text);
            }
            golden.put("prompt", open.get(i).prompt);
            golden.put("ids", ids(continuation));
            golden.put("logprob", logprob);
            if (model.tokenizer() != null) {
                golden.put("continuation", continuation.text());
            }
            cases.add(golden);
        }
        Map<String, Object> test = new LinkedHashMap<>();
        test.put("tolerance", GOLDEN_TOLERANCE);
        test.put("cases", cases);
        return test;
    }

    private static List<Case> prompts(String location, TextGenerator model) throws ModelFormatException {
        List<Case> open = new ArrayList<>();
        if (model.tokenizer() == null) {
            int[] prompt = new int[PROMPT_WITHOUT_TOKENIZER];
            for (int i = 0; i < prompt.length; i++) {
                prompt[i] = (i + 1) * STRIDE % model.vocabulary();
            }
            open.add(open(null, prompt));
        } else {
            SelfTest.TEXTS.forEach(text -> open.add(open(text, encode(model, text))));
        }
        open.removeIf(each -> each.prompt.length == 0 || each.prompt.length + LEAST_WRITTEN > model.maxTokens());
        if (open.isEmpty()) {
            throw new ModelFormatException(
                    location + ": the model takes " + model.maxTokens() + " tokens, which are too few for a self-test");
        }
        return open;
    }

    private static Case open(String text, int[] prompt) {
        return new Case(text, prompt, new int[LEAST_WRITTEN], null, null);
    }

    /** Runs every case. */
    SelfTest.Outcome run(String location, TextGenerator model) throws ModelFormatException {
        long start = System.nanoTime();
        List<Continuation> written = write(location, model, cases);
        double worst = 0;
        String failure = null;
        for (int i = 0; i < cases.size(); i++) {
            Case golden = cases.get(i);
            String wrong = mismatch(golden, written.get(i), model);
            double difference = Math.abs(first(written.get(i)) - golden.logprob);
            if (wrong == null && !(difference <= tolerance)) {
                wrong = "the first token's log-probability is off by " + difference + ", " + tolerance + " is allowed";
            } else if (wrong != null) {
                difference = Double.POSITIVE_INFINITY;
            }
            worst = Math.max(worst, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
            if (wrong != null && failure == null) {
                failure = SelfTest.failure(location, i, wrong);
            }
        }
        return SelfTest.outcome(failure, cases.size(), tolerance, worst, Double.NaN, start);
    }

    /** What has to be equal and is not, or null. */
    private static String mismatch(Case golden, Continuation written, TextGenerator model) {
        if (golden.text != null && model.tokenizer() == null) {
            return "it has a text, and the model has no tokenizer";
        }
        if (golden.text != null) {
            int[] prompt = encode(model, golden.text);
            int at = Arrays.mismatch(prompt, golden.prompt);
            if (at >= 0) {
                return "token " + at + " of its text is " + name(prompt, at) + ", " + name(golden.prompt, at)
                        + " expected";
            }
        }
        int[] ids = ids(written);
        int at = Arrays.mismatch(ids, golden.ids);
        if (at >= 0) {
            return "token " + at + " that follows is " + name(ids, at) + ", " + name(golden.ids, at) + " expected";
        }
        if (golden.continuation != null && !golden.continuation.equals(written.text())) {
            return "the text of the tokens that follow is another one than expected";
        }
        return null;
    }

    private static String name(int[] ids, int at) {
        return at < ids.length ? String.valueOf(ids[at]) : "none";
    }

    /** One after the other: an engine may have room for one text alone. */
    private static List<Continuation> write(String location, TextGenerator model, List<Case> cases)
            throws ModelFormatException {
        List<Continuation> written = new ArrayList<>();
        for (Case golden : cases) {
            GenerationRequest request = new GenerationRequest(
                    golden.prompt,
                    golden.ids.length,
                    1,
                    LIKELIEST,
                    List.of(),
                    Set.of(),
                    null,
                    false,
                    "self-test of " + location,
                    PATIENCE);
            try {
                written.addAll(model.generate(List.of(request), piece -> true).continuations());
            } catch (GenerationException e) {
                throw new ModelFormatException(location + ": self-test: " + e.getMessage(), e);
            }
        }
        return written;
    }

    private static int[] encode(TextGenerator model, String text) {
        return model.tokenizer().encode(text).ids();
    }

    private static int[] ids(Continuation continuation) {
        return continuation.tokens().stream().mapToInt(GeneratedToken::id).toArray();
    }

    private static double first(Continuation continuation) {
        return continuation.tokens().isEmpty()
                ? Double.NaN
                : continuation.tokens().getFirst().logprob();
    }
}
