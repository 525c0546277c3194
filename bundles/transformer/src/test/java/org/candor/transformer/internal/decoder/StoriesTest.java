package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.compute.WeightType;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.Generator.Step;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.tokenize.EmbeddedVocabulary;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.TokenStream;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.compute.cpu.internal.CpuBackend;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.TransformerLoader;
import org.candor.transformer.internal.json.StrictJson;
import org.candor.transformer.internal.weights.SafetensorsWriter;
import org.candor.transformer.internal.weights.StoredTensor;
import org.candor.transformer.internal.weights.StoredType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A published model from tokens to text: the Llama of 260,000 parameters that llama2.c tests itself with (karpathy/llama2.c,
 * test_all.py; weights karpathy/tinyllamas, MIT), whose greedy story is known.
 */
class StoriesTest {

    private static final int BEGIN = 1;
    private static final int END = 2;
    /** A GGUF file's types of tokens. */
    private static final int NORMAL = 1;

    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int BYTE = 6;

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
        Map<String, Path> files = convert(vectors.resolve("stories260K.bin"));
        Tokenizer tokenizer = Reference.tokenizers().of("tok512.bin", vocabulary(vectors.resolve("tok512.bin")));
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

    /** The checkpoint of llama2.c in the files and names of transformers. */
    private Map<String, Path> convert(Path checkpoint) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(checkpoint)).order(ByteOrder.LITTLE_ENDIAN);
        int hidden = bytes.getInt();
        int inner = bytes.getInt();
        int layers = bytes.getInt();
        int heads = bytes.getInt();
        int keyHeads = bytes.getInt();
        int vocabulary = bytes.getInt();
        int positions = bytes.getInt();
        int headSize = hidden / heads;
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        tensor(tensors, "model.embed_tokens.weight", bytes, vocabulary, hidden);
        String each = "model.layers.%d.";
        layers(tensors, each + "input_layernorm.weight", layers, bytes, hidden);
        halves(tensors, each + "self_attn.q_proj.weight", layers, bytes, heads, headSize, hidden);
        halves(tensors, each + "self_attn.k_proj.weight", layers, bytes, keyHeads, headSize, hidden);
        layers(tensors, each + "self_attn.v_proj.weight", layers, bytes, keyHeads * headSize, hidden);
        layers(tensors, each + "self_attn.o_proj.weight", layers, bytes, hidden, hidden);
        layers(tensors, each + "post_attention_layernorm.weight", layers, bytes, hidden);
        layers(tensors, each + "mlp.gate_proj.weight", layers, bytes, inner, hidden);
        layers(tensors, each + "mlp.down_proj.weight", layers, bytes, hidden, inner);
        layers(tensors, each + "mlp.up_proj.weight", layers, bytes, inner, hidden);
        tensor(tensors, "model.norm.weight", bytes, hidden);
        Path config = Files.writeString(model.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": %d, "num_key_value_heads": %d, "vocab_size": %d, "max_position_embeddings": %d,
                 "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": true,
                 "bos_token_id": 1, "eos_token_id": 2}
                """.formatted(
                        hidden, inner, layers, heads, keyHeads, vocabulary, positions));
        return Map.of(
                "config.json",
                config,
                "model.safetensors",
                SafetensorsWriter.write(model.resolve("model.safetensors"), tensors));
    }

    private static void layers(
            Map<String, StoredTensor> tensors, String name, int layers, ByteBuffer bytes, int... shape) {
        for (int layer = 0; layer < layers; layer++) {
            tensor(tensors, name.formatted(layer), bytes, shape);
        }
    }

    private static void tensor(Map<String, StoredTensor> tensors, String name, ByteBuffer bytes, int... shape) {
        int count = 1;
        long[] dimensions = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            count *= shape[i];
            dimensions[i] = shape[i];
        }
        float[] values = new float[count];
        bytes.asFloatBuffer().get(values);
        bytes.position(bytes.position() + Float.BYTES * count);
        put(tensors, name, values, dimensions);
    }

    private static void put(Map<String, StoredTensor> tensors, String name, float[] values, long... shape) {
        ByteBuffer data = ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        tensors.put(
                name, new StoredTensor("stories", name, StoredType.F32, shape, MemorySegment.ofBuffer(data), false));
    }

    /** Rotary pairs are neighbours in llama2.c, and half a head apart in transformers. */
    private static void halves(
            Map<String, StoredTensor> tensors,
            String name,
            int layers,
            ByteBuffer bytes,
            int heads,
            int headSize,
            int hidden) {
        for (int layer = 0; layer < layers; layer++) {
            tensor(tensors, name.formatted(layer), bytes, heads * headSize, hidden);
            MemorySegment rows = tensors.get(name.formatted(layer)).data();
            float[] turned = new float[heads * headSize * hidden];
            for (int row = 0; row < heads * headSize; row++) {
                int in = row % headSize;
                int to = row - in + in / 2 + (in % 2) * (headSize / 2);
                for (int column = 0; column < hidden; column++) {
                    turned[to * hidden + column] =
                            rows.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * (row * hidden + column));
                }
            }
            put(tensors, name.formatted(layer), turned, heads * headSize, hidden);
        }
    }

    /** The tokenizer of llama2.c as a GGUF file would hold it. */
    private static EmbeddedVocabulary vocabulary(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.getInt(); // length of the longest token
        List<String> tokens = new ArrayList<>();
        float[] scores = new float[512];
        int[] types = new int[scores.length];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = bytes.getFloat();
            byte[] text = new byte[bytes.getInt()];
            bytes.get(text);
            String token = new String(text, StandardCharsets.UTF_8);
            types[id] = switch (id) {
                case 0 -> UNKNOWN;
                case BEGIN, END -> CONTROL;
                default -> token.matches("<0x[0-9A-F]{2}>") ? BYTE : NORMAL;
            };
            tokens.add(types[id] == CONTROL ? token.strip() : token.replace(' ', '\u2581'));
        }
        return new EmbeddedVocabulary(
                "llama", null, tokens, scores, types, null, BEGIN, END, 0, true, false, true, false, null);
    }
}
