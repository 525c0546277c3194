package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.WeightType;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.TokenStream;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.candor.transformer.internal.json.StrictJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A published model from tokens to text: the Llama of 260,000 parameters that llama2.c tests itself with (karpathy/llama2.c,
 * test_all.py; weights karpathy/tinyllamas, MIT), whose greedy story is known.
 */
class StoriesTest {

    private static final int BEGIN = StoriesFiles.BEGIN;

    @TempDir
    Path model;

    @Test
    void theStoryIsTheKnownOneTokenForToken() throws IOException {
        Path vectors = Reference.shared()
                .resolveSibling("vectors")
                .resolve("tokenizer")
                .resolve("stories260K");
        assumeTrue(Files.isDirectory(vectors), "the shared vectors are absent: " + vectors);
        Map<?, ?> greedy =
                (Map<?, ?>) StrictJson.object(vectors.resolve("expected.json")).get("greedy");
        int[] expected = DecoderReference.ints(greedy.get("expected_ids_recomputed"));
        String story = (String) greedy.get("expected_text");
        Map<String, Path> files = StoriesFiles.convert(vectors.resolve("stories260K.bin"), model);
        Tokenizer tokenizer =
                Reference.tokenizers().of("tok512.bin", StoriesFiles.vocabulary(vectors.resolve("tok512.bin")));
        try (CpuBackend backend = Reference.cpu();
                Generator generator = new TransformerLoader(backend, Reference.tokenizers(), 512, 1)
                        .loadGenerator(Reference.files(files), new GeneratorSettings(WeightType.F32, 0, 512, 16));
                CachedText text = generator.open()) {
            float[] scores = new float[generator.vocabulary()];
            int[] written = new int[expected.length];
            TokenStream stream = tokenizer.stream(true);
            StringBuilder told = new StringBuilder();
            int next = BEGIN;
            for (int i = 0; i < written.length; i++) {
                generator.forward(List.of(new Step(text, new int[] {next}, i + 1, true)), scores);
                next = 0;
                for (int id = 1; id < scores.length; id++) {
                    next = scores[id] > scores[next] ? id : next;
                }
                written[i] = next;
                told.append(stream.next(next));
            }
            told.append(stream.finish());
            assertArrayEquals(expected, written);
            assertEquals(story, told.toString());
            assertEquals(story, tokenizer.decode(written, true));
        }
        int[] encoded = tokenizer
                .encode(new TokenizerInput.Text(story), EncodeOptions.DEFAULT)
                .ids();
        assertEquals(BEGIN, encoded[0]);
        assertEquals(story, tokenizer.decode(encoded, true));
    }
}
