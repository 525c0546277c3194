package org.candor.generation.internal.sampling;

import static org.candor.generation.internal.sampling.Reference.ids;
import static org.candor.generation.internal.sampling.Reference.integer;
import static org.candor.generation.internal.sampling.Reference.integers;
import static org.candor.generation.internal.sampling.Reference.list;
import static org.candor.generation.internal.sampling.Reference.number;
import static org.candor.generation.internal.sampling.Reference.numbers;
import static org.candor.generation.internal.sampling.Reference.object;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scores after biases, penalties, masks, temperature and cuts equal those of transformers. */
class ProcessorReferenceTest {
    private static final int[] END_TOKENS = {2, 7};

    private static Map<String, float[]> vectors;

    @BeforeAll
    static void readVectors() throws IOException {
        vectors = Reference.vectors();
    }

    @Test
    void eachProcessorKeepsTheTokensAndProbabilitiesOfTheReference() throws IOException {
        List<Object> cases = Reference.read("processors.jsonl.gz");
        assertEquals(902, cases.size());
        for (Object value : cases) {
            Map<String, Object> reference = object(value);
            Map<String, Object> settings = new HashMap<>();
            int prompt = 0;
            boolean cutAtOne = false;
            for (Object processor : list(reference.get("processors"))) {
                Map<String, Object> parameters = object(processor);
                prompt = integer(parameters.getOrDefault("prompt_length", 0));
                if (parameters.containsKey("begin_index")) {
                    prompt = integer(parameters.get("begin_index"));
                }
                cutAtOne |= parameters.get("type").equals("top_p") && number(parameters.get("top_p")) == 1;
                translate(parameters, settings);
            }
            check(reference, prompt, settings, cutAtOne);
        }
    }

    @Test
    void combinationsAreAppliedInTheOrderOfTheReference() throws IOException {
        List<Object> cases = Reference.read("combinations.jsonl.gz");
        assertEquals(160, cases.size());
        for (Object value : cases) {
            Map<String, Object> reference = object(value);
            check(reference, integer(reference.get("prompt_length")), object(reference.get("settings")), false);
        }
    }

    @Test
    void penaltiesAndBiasesOfOpenAiRequestsEqualTheReference() throws IOException {
        List<Object> cases = list(Reference.read("openai-penalties.json.gz").getFirst());
        assertEquals(60, cases.size());
        for (Object value : cases) {
            Map<String, Object> reference = object(value);
            check(reference, integer(reference.get("prompt_length")), object(reference.get("settings")), false);
        }
    }

    /** One processor's parameters under the names of a generation configuration. */
    private static void translate(Map<String, Object> processor, Map<String, Object> settings) {
        String type = (String) processor.get("type");
        switch (type) {
            case "repetition_penalty" -> {
                settings.put("repetition_penalty", processor.get("penalty"));
                settings.put("prompt_ignore_length", processor.getOrDefault("prompt_ignore_length", 0));
            }
            case "no_repeat_ngram" -> settings.put("no_repeat_ngram_size", processor.get("size"));
            case "sequence_bias" -> settings.put("sequence_bias", processor.get("bias"));
            case "bad_words" -> settings.put("bad_words_ids", processor.get("bad_words"));
            case "forced_eos" -> settings.put("forced_eos_length", processor.get("max_length"));
            case "forced_bos" -> settings.put("forced_bos_token_id", processor.get("token"));
            case "suppress" -> settings.put("suppress_tokens", processor.get("tokens"));
            case "suppress_at_begin" -> settings.put("begin_suppress_tokens", processor.get("tokens"));
            case "exponential_decay_length" ->
                settings.put(
                        "exponential_decay_length_penalty", List.of(processor.get("start"), processor.get("factor")));
            default -> settings.put(type, processor.get(type));
        }
    }

    private static SamplingSettings settings(Map<String, Object> given) {
        TreeMap<String, Object> rest = new TreeMap<>(given);
        rest.remove("renormalize_logits"); // changes no probability
        TokenCuts cuts = new TokenCuts(
                number(take(rest, "top_h", 0)),
                integer(take(rest, "top_k", 0)),
                number(take(rest, "top_p", 1)),
                number(take(rest, "min_p", 0)),
                number(take(rest, "typical_p", 1)),
                number(take(rest, "epsilon_cutoff", 0)),
                number(take(rest, "eta_cutoff", 0)));
        TokenPenalties penalties = new TokenPenalties(
                number(take(rest, "repetition_penalty", 1)),
                integer(take(rest, "prompt_ignore_length", 0)),
                number(take(rest, "presence_penalty", 0)),
                number(take(rest, "frequency_penalty", 0)),
                integer(take(rest, "no_repeat_ngram_size", 0)));
        Map<Integer, Double> logitBias = new HashMap<>();
        object(take(rest, "logit_bias", Map.of()))
                .forEach((id, bias) -> logitBias.put(Integer.valueOf(id), number(bias)));
        TokenBiases biases = new TokenBiases(
                list(take(rest, "sequence_bias", List.of())).stream()
                        .map(pair -> new SequenceBias(
                                integers(list(pair).get(0)), number(list(pair).get(1))))
                        .toList(),
                logitBias,
                list(take(rest, "bad_words_ids", List.of())).stream()
                        .map(Reference::integers)
                        .toList(),
                integers(take(rest, "suppress_tokens", List.of())),
                integers(take(rest, "begin_suppress_tokens", List.of())));
        List<Object> decay = list(take(rest, "exponential_decay_length_penalty", List.of(0, 1)));
        LengthRules lengths = new LengthRules(
                integer(take(rest, "min_length", 0)),
                integer(take(rest, "min_new_tokens", 0)),
                integer(take(rest, "forced_eos_length", 0)),
                integer(take(rest, "forced_bos_token_id", -1)),
                integer(decay.get(0)),
                number(decay.get(1)),
                false);
        SamplingSettings settings = SamplingSettings.DEFAULT
                .withTemperature(number(take(rest, "temperature", 1)))
                .withCuts(cuts)
                .withPenalties(penalties)
                .withBiases(biases)
                .withLengths(lengths);
        assertEquals(Map.of(), rest, "settings that the test does not know");
        return settings;
    }

    private static Object take(Map<String, Object> rest, String key, Object otherwise) {
        Object value = rest.remove(key);
        return value == null ? otherwise : value;
    }

    private static void check(
            Map<String, Object> reference, int promptLength, Map<String, Object> given, boolean cutAtOne) {
        String name = reference.get("n") + " " + given;
        float[] scores = vectors.get(reference.get("vector")).clone();
        int[] history = ids(reference.get("history"));
        TokenHistory tokens = new TokenHistory(Arrays.copyOf(history, Math.min(promptLength, history.length)));
        for (int i = tokens.length(); i < history.length; i++) {
            tokens.append(history[i]);
        }
        SamplingSettings settings = settings(given);
        Sampler sampler = new Sampler(
                settings.withLogprobs(20, SamplingSettings.LogprobSource.DRAWN), 0, scores.length, END_TOKENS);
        int[] support = ids(reference.get("support"));
        if (support.length == 0) {
            assertThrows(NoTokenLeftException.class, () -> sampler.next(scores, tokens, null), name);
            return;
        }
        SampledToken token = sampler.next(scores, tokens, null);
        if (cutAtOne) {
            // Requests cannot ask for a cut at 1, which drops what has probability 0 in double precision.
            Candidates candidates = new Candidates(scores.length);
            candidates.collect(scores);
            LogitCuts.topP(candidates, 1);
        }
        double[] expected = numbers(reference.get("logprobs"));
        double[] actual = new double[support.length];
        int[] kept = kept(scores);
        assertEquals(support.length, kept.length, name);
        double total = 0;
        double best = Float.NEGATIVE_INFINITY;
        for (int id : kept) {
            best = Math.max(best, scores[id]);
        }
        for (int id : kept) {
            total += Math.exp(scores[id] - best);
        }
        for (int i = 0; i < kept.length; i++) {
            actual[i] = scores[kept[i]] - best - Math.log(total);
        }
        if (reference.containsKey("tie_at_cut")) {
            Arrays.sort(expected);
            Arrays.sort(actual);
        } else {
            assertArrayEquals(support, kept, name);
        }
        for (int i = 0; i < actual.length; i++) {
            assertEquals(expected[i], actual[i], 1e-4 + 1e-6 * Math.abs(expected[i]), name);
        }
        if (!cutAtOne) {
            int index = Arrays.binarySearch(kept, token.id());
            assertEquals(scores[kept[index]] - best - Math.log(total), token.logprob(), 1e-9, name);
            assertEquals(Math.min(20, kept.length), token.top().size(), name);
        }
    }

    private static int[] kept(float[] scores) {
        int[] kept = new int[scores.length];
        int count = 0;
        for (int id = 0; id < scores.length; id++) {
            if (scores[id] > Float.NEGATIVE_INFINITY) {
                kept[count++] = id;
            }
        }
        return Arrays.copyOf(kept, count);
    }
}
