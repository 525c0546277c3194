package org.candor.generation.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.candor.api.chat.ChatInput;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.WeightType;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.proof.Json;
import org.candor.template.internal.TemplateCompiler;
import org.candor.tokenizer.internal.JsonTokenizerFactory;
import org.candor.transformer.internal.TransformerLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine on a real model, the toy of packs/stories-tiny, with everything that a server has around it. */
@Timeout(120)
class StoriesEngineTest {

    private static final Path PACK = Path.of("..", "..", "packs", "stories-tiny", "src", "main", "model");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private CpuBackend backend;
    private GenerationEngines engines;

    @BeforeEach
    void open() {
        backend = CpuBackend.open(2);
        engines = engines(Map.of());
    }

    private GenerationEngines engines(Map<String, Object> configuration) {
        JsonTokenizerFactory tokenizers = new JsonTokenizerFactory(Map.of());
        return new GenerationEngines(
                new TransformerLoader(backend, tokenizers, 512, 1),
                tokenizers,
                new TemplateCompiler(Map.of()),
                configuration);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private TextGenerator load(Map<String, Path> more, int cacheTokens) throws IOException {
        return load(engines, more, CacheType.F32, cacheTokens);
    }

    private static TextGenerator load(
            GenerationEngines engines, Map<String, Path> more, CacheType cache, int cacheTokens) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(PACK)) {
            all.forEach(file -> files.put(file.getFileName().toString(), file));
        }
        files.putAll(more);
        return engines.load(
                new ModelFiles(new ModelId("stories-tiny", "1.0.0", ""), files),
                new GeneratorSettings(WeightType.F32, cache, 512, cacheTokens, 16));
    }

    private static GenerationRequest request(
            int[] prompt, int most, Sampling sampling, List<String> stops, String schema) {
        return new GenerationRequest(prompt, most, 1, sampling, stops, Set.of(), schema, false, "default", MINUTE);
    }

    private static Continuation write(TextGenerator model, GenerationRequest request) {
        return model.generate(List.of(request), piece -> true).continuations().getFirst();
    }

    private static List<Integer> ids(Generated generated) {
        return generated.continuations().getFirst().tokens().stream()
                .map(GeneratedToken::id)
                .toList();
    }

    @Test
    void theStoryIsTheKnownOne() throws IOException {
        Map<String, Object> test = Json.parseObject(Files.readAllBytes(PACK.resolve("selftest.json")));
        Map<?, ?> golden = (Map<?, ?>) ((List<?>) test.get("cases")).getFirst();
        int[] expected = ((List<?>) golden.get("ids"))
                .stream().mapToInt(id -> ((Number) id).intValue()).toArray();
        StringBuilder told = new StringBuilder();
        try (TextGenerator model = load(Map.of(), 512)) {
            Generated story = model.generate(
                    List.of(request(new int[] {1}, expected.length, Sampling.GREEDY, List.of(), null)), piece -> {
                        told.append(piece.text());
                        return true;
                    });
            assertArrayEquals(
                    expected, ids(story).stream().mapToInt(Integer::intValue).toArray());
            assertEquals(story.continuations().getFirst().text(), told.toString());
            assertTrue(
                    told.toString().startsWith("Once upon a time, there was a little girl named Lily."),
                    told.toString());
            assertTrue(story.busyNanos() > 0);
        }
    }

    /** Each prompt alone, then all together in a cache that holds a few of them. */
    @ParameterizedTest
    @EnumSource(CacheType.class)
    void textsAreTheSameAloneAndTogether(CacheType cache) throws Exception {
        Random random = new Random(8);
        List<GenerationRequest> requests = new ArrayList<>();
        try (TextGenerator model = load(engines, Map.of(), cache, 4_096)) {
            int[] beginning = model.tokenizer()
                    .encode("Once upon a time, there was a little dog. The dog liked to play in the park.")
                    .ids();
            for (int i = 0; i < 40; i++) {
                int[] prompt = i % 2 == 0
                        ? beginning
                        : random.ints(1 + random.nextInt(60), 3, 512).toArray();
                requests.add(request(prompt, 20 + random.nextInt(40), Sampling.PLAIN.withSeed(i), List.of(), null));
            }
            List<List<Integer>> alone = new ArrayList<>();
            for (GenerationRequest request : requests) {
                alone.add(ids(model.generate(List.of(request), piece -> true)));
            }
            try (TextGenerator crowded = load(engines, Map.of(), cache, 768);
                    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                // Those that begin like it find its beginning, even if one pass reads all of them.
                assertEquals(alone.getFirst(), ids(crowded.generate(List.of(requests.getFirst()), piece -> true)));
                List<Future<Generated>> together = requests.stream()
                        .map(request -> callers.submit(() -> crowded.generate(List.of(request), piece -> true)))
                        .toList();
                for (int i = 0; i < requests.size(); i++) {
                    assertEquals(alone.get(i), ids(together.get(i).get()), "request " + i);
                }
                assertTrue(crowded.status().preemptions() > 0, crowded.status().toString());
                assertTrue(crowded.status().cachedTokens() > 0, crowded.status().toString());
            }
        }
    }

    /** A draft is read as several tokens at once, which has to give the very scores of one after the other. */
    @ParameterizedTest
    @EnumSource(CacheType.class)
    void guessedTokensChangeNoText(CacheType cache) throws IOException {
        String story = "Once upon a time, there was a little dog. The dog liked to play. ";
        try (TextGenerator without = load(engines(Map.of("speculation", "off")), Map.of(), cache, 2_048);
                TextGenerator with = load(engines(Map.of("speculation", "auto")), Map.of(), cache, 2_048)) {
            int[] prompt = with.tokenizer().encode(story.repeat(4)).ids();
            for (int seed = 0; seed < 12; seed++) {
                Sampling sampling = seed % 3 == 0
                        ? Sampling.GREEDY
                        : Sampling.PLAIN.withSeed(seed).withTemperature(seed % 3 * 0.3);
                GenerationRequest request = request(prompt, 150, sampling, List.of("Lily"), null);
                assertEquals(write(without, request), write(with, request), "seed " + seed);
            }
            assertTrue(with.status().acceptedTokens() > 0, with.status().toString());
            assertEquals(0, without.status().draftTokens());
            assertTrue(with.status().passes() < without.status().passes(), with.status() + " " + without.status());
        }
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> engines(Map.of("speculation", "always")));
        assertTrue(refused.getMessage().contains("org.candor.generation: speculation always"), refused.getMessage());
    }

    @Test
    void aStopTextEndsATextWhereverTokensEnd() throws IOException {
        try (TextGenerator model = load(Map.of(), 512)) {
            Continuation text =
                    write(model, request(new int[] {1}, 100, Sampling.GREEDY, List.of("girl named", "never"), null));
            assertEquals("Once upon a time, there was a little ", text.text());
            assertEquals("girl named", text.stop());
            assertEquals(FinishReason.STOP, text.finish());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":12},\"age\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}},\"required\":[\"name\",\"age\"],\"additionalProperties\":false}",
                "{\"type\":\"array\",\"items\":{\"enum\":[\"dog\",\"cat\",\"中\"]},\"minItems\":2,\"maxItems\":3}"
            })
    void aSchemaHoldsWhateverTheModelWouldWrite(String schema) throws IOException {
        try (TextGenerator model = load(Map.of(), 512)) {
            for (int seed = 0; seed < 10; seed++) {
                Continuation text =
                        write(model, request(new int[] {1}, 400, Sampling.PLAIN.withSeed(seed), List.of(), schema));
                assertEquals(FinishReason.STOP, text.finish(), text.text());
                Object value = Json.parse(text.text().getBytes(StandardCharsets.UTF_8));
                if (value instanceof Map<?, ?> object) {
                    assertEquals(Set.of("name", "age"), object.keySet(), text.text());
                    assertTrue((long) object.get("age") >= 1 && (long) object.get("age") <= 9, text.text());
                } else {
                    List<?> list = (List<?>) value;
                    assertTrue(list.size() >= 2 && list.size() <= 3, text.text());
                    assertTrue(Set.of("dog", "cat", "中").containsAll(list), text.text());
                }
            }
            GenerationException refused = assertThrows(
                    GenerationException.class,
                    () -> write(
                            model,
                            request(new int[] {1}, 9, Sampling.PLAIN, List.of(), "{\"not\":{\"type\":\"string\"}}")));
            assertEquals(GenerationException.Kind.INVALID, refused.kind());
            assertEquals("response_format", refused.parameter());
            assertTrue(refused.getMessage().contains("not"), refused.getMessage());
        }
    }

    @Test
    void aFolderSaysHowToSampleAndToTalk() throws Exception {
        Map<String, Path> more = Map.of(
                "generation_config.json",
                Files.writeString(
                        folder.resolve("generation_config.json"),
                        "{\"temperature\":0.6,\"top_k\":20,\"top_p\":0.9,\"repetition_penalty\":1.05,\"eos_token_id\":[2]}"),
                "tokenizer_config.json",
                Files.writeString(
                        folder.resolve("tokenizer_config.json"),
                        "{\"bos_token\":{\"content\":\"<s>\"},\"eos_token\":\"</s>\",\"model_max_length\":1000000000000000019884624838656,"
                                + "\"chat_template\":\"{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}{% endfor %}\"}"));
        try (TextGenerator model = load(more, 512)) {
            assertEquals(0.6, model.recommended().temperature());
            assertEquals(20, model.recommended().topK());
            assertEquals(0.9, model.recommended().topP());
            assertEquals(1.05, model.recommended().repetitionPenalty());
            ChatInput hello = ChatInput.of(List.of(Map.of("role", "user", "content", "Hi")), LocalDateTime.now())
                    .withSpecialTokens(model.specialTokens());
            assertEquals("<s>user: Hi</s>", model.chatTemplate().render(hello).text());
        }
        try (TextGenerator plain = load(Map.of(), 512)) {
            assertNull(plain.chatTemplate());
            assertEquals(Sampling.PLAIN, plain.recommended());
        }
        Path damaged = Files.writeString(folder.resolve("damaged.json"), "{\"chat_template\":\"{% nothing %}\"}");
        ModelFormatException refused =
                assertThrows(ModelFormatException.class, () -> load(Map.of("tokenizer_config.json", damaged), 512));
        assertTrue(refused.getMessage().contains("tokenizer_config.json: line 1"), refused.getMessage());
    }
}
