package org.candor.transformer.internal.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.Reference;
import org.candor.transformer.internal.gguf.GgufWriter;
import org.candor.transformer.internal.gguf.TinyGguf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufCheckpointTest {

    @TempDir
    Path folder;

    private Checkpoint open() throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(folder)) {
            paths.forEach(path -> files.put(path.getFileName().toString(), path));
        }
        return Checkpoint.open(Reference.files(files));
    }

    private String refusal(GgufWriter writer) throws IOException {
        writer.write(folder.resolve("model.gguf"));
        return refusal();
    }

    private String refusal() {
        String message = assertThrows(ModelFormatException.class, this::open).getMessage();
        assertTrue(message.length() < 500, message);
        return message;
    }

    private static float[] values(Checkpoint checkpoint, String name) {
        StoredTensor tensor = checkpoint.find(name);
        float[] values = new float[(int) tensor.size()];
        tensor.copy(0, values, values.length);
        return values;
    }

    @Test
    void aLlamaIsReadUnderTheNamesOfTransformers() throws IOException {
        TinyGguf.llama().write(folder.resolve("any-name.gguf"));
        try (Checkpoint checkpoint = open()) {
            assertEquals("any-name.gguf", checkpoint.file());
            assertEquals(
                    Map.ofEntries(
                            Map.entry("model_type", "llama"),
                            Map.entry("hidden_size", 8L),
                            Map.entry("num_hidden_layers", 1L),
                            Map.entry("num_attention_heads", 2L),
                            Map.entry("num_key_value_heads", 1L),
                            Map.entry("head_dim", 4L),
                            Map.entry("max_position_embeddings", 16L),
                            Map.entry("rms_norm_eps", 1e-5),
                            Map.entry("hidden_act", "silu"),
                            Map.entry("rope_parameters", Map.of("rope_type", "default", "rope_theta", 10_000.0)),
                            Map.entry("attention_bias", false),
                            Map.entry("mlp_bias", false),
                            Map.entry("intermediate_size", 16L),
                            Map.entry("vocab_size", 5L),
                            Map.entry("tie_word_embeddings", true),
                            Map.entry("eos_token_id", 2L)),
                    without(checkpoint.configuration(), "sliding_window"));
            assertTrue(checkpoint.configuration().containsKey("sliding_window"));
            assertEquals(11, checkpoint.names().size());
            StoredTensor down = checkpoint.find("model.layers.0.mlp.down_proj.weight");
            assertArrayEquals(new long[] {8, 16}, down.shape());
            assertArrayEquals(
                    TinyGguf.numbers("blk.0.ffn_down.weight", 128),
                    values(checkpoint, "model.layers.0.mlp.down_proj.weight"));
            assertEquals(10, checkpoint.unused().size());
            assertEquals(11, checkpoint.tensors().size());
            assertEquals(
                    List.of("<unk>", "<s>", "</s>", "▁a", "b"),
                    checkpoint.vocabulary().tokens());
            assertEquals(Map.of("eos", 2), checkpoint.vocabulary().special());
            assertNull(checkpoint.vocabulary().addBos());
            assertEquals(Set.of(), checkpoint.unreadKeys());
        }
    }

    private static Map<String, Object> without(Map<String, Object> map, String key) {
        Map<String, Object> copy = new TreeMap<>(map);
        copy.remove(key);
        return copy;
    }

    @Test
    void rowsOfQueriesAndKeysAreReadAsHalves() throws IOException {
        TinyGguf.llama().write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            float[] stored = TinyGguf.numbers("blk.0.attn_q.weight", 64);
            float[] read = values(checkpoint, "model.layers.0.self_attn.q_proj.weight");
            int[] from = {0, 2, 1, 3, 4, 6, 5, 7};
            for (int row = 0; row < 8; row++) {
                assertArrayEquals(
                        Arrays.copyOfRange(stored, 8 * from[row], 8 * from[row] + 8),
                        Arrays.copyOfRange(read, 8 * row, 8 * row + 8));
            }
            assertArrayEquals(
                    TinyGguf.numbers("blk.0.attn_v.weight", 32),
                    values(checkpoint, "model.layers.0.self_attn.v_proj.weight"));
        }
    }

    @Test
    void unknownTensorsAndKeysAreNamedNotDropped() throws IOException {
        GgufWriter writer = TinyGguf.llama().with("llama.something.new", 3).with("general.author", "somebody");
        TinyGguf.add(writer, "blk.0.attn_wonder.weight", 4);
        TinyGguf.add(writer, "blk.00.attn_norm.weight", 4);
        writer.write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            assertTrue(checkpoint.unused().contains("blk.0.attn_wonder.weight"));
            assertTrue(checkpoint.unused().contains("blk.00.attn_norm.weight"));
            assertEquals(Set.of("llama.something.new"), checkpoint.unreadKeys());
        }
    }

    @Test
    void factorsByFrequencyBecomeLongRope() throws IOException {
        TinyGguf.llama().tensor("rope_freqs.weight", new long[] {2}, 1, 8).write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            assertEquals(
                    Map.of(
                            "rope_theta",
                            10_000.0,
                            "rope_type",
                            "longrope",
                            "short_factor",
                            List.of(1.0, 8.0),
                            "long_factor",
                            List.of(1.0, 8.0),
                            "original_max_position_embeddings",
                            16L,
                            "attention_factor",
                            1.0),
                    checkpoint.configuration().get("rope_parameters"));
            assertEquals(11, checkpoint.names().size());
        }
        String message = refusal(TinyGguf.llama().tensor("rope_freqs.weight", new long[] {3}, 1, 8, 8));
        assertEquals("model.gguf: llama.rope is given by 3 factors (allowed: one for each of 2 pairs)", message);
    }

    @Test
    void expertsOfAMixtralAreSlices() throws IOException {
        GgufWriter writer = TinyGguf.llama().with("llama.expert_count", 3).with("llama.expert_used_count", 2);
        TinyGguf.add(writer, "blk.0.ffn_gate_inp.weight", 3, 8);
        TinyGguf.add(writer, "blk.0.ffn_gate_exps.weight", 3, 16, 8);
        TinyGguf.add(writer, "blk.0.ffn_down_exps.weight", 3, 8, 16);
        TinyGguf.add(writer, "blk.0.ffn_up_exps.weight", 3, 16, 8);
        writer.write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            assertEquals("mixtral", checkpoint.configuration().get("model_type"));
            assertEquals(3L, checkpoint.configuration().get("num_local_experts"));
            float[] all = TinyGguf.numbers("blk.0.ffn_down_exps.weight", 3 * 128);
            for (int e = 0; e < 3; e++) {
                String name = "model.layers.0.block_sparse_moe.experts." + e + ".w2.weight";
                assertArrayEquals(new long[] {8, 16}, checkpoint.find(name).shape());
                assertArrayEquals(Arrays.copyOfRange(all, 128 * e, 128 * e + 128), values(checkpoint, name));
            }
        }
        writer.with("llama.expert_count", 4);
        assertEquals(
                "model.gguf: tensor blk.0.ffn_gate_exps.weight of shape [3, 16, 8] does not hold 4 experts",
                refusal(writer));
    }

    @Test
    void gateAndUpOfAllExpertsInOneTensorAreTakenApart() throws IOException {
        GgufWriter writer = TinyGguf.llama().with("llama.expert_count", 2).with("llama.expert_used_count", 1);
        TinyGguf.add(writer, "blk.0.ffn_gate_up_exps.weight", 2, 6, 8);
        writer.write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            float[] all = TinyGguf.numbers("blk.0.ffn_gate_up_exps.weight", 96);
            String expert = "model.layers.0.block_sparse_moe.experts.1.";
            assertArrayEquals(Arrays.copyOfRange(all, 48, 72), values(checkpoint, expert + "w1.weight"));
            assertArrayEquals(Arrays.copyOfRange(all, 72, 96), values(checkpoint, expert + "w3.weight"));
        }
    }

    @Test
    void fusedQueriesKeysAndValuesAreTakenApart() throws IOException {
        GgufWriter writer = TinyGguf.metadata();
        TinyGguf.add(writer, "token_embd.weight", 5, 8);
        TinyGguf.add(writer, "blk.0.attn_qkv.weight", 16, 8);
        writer.write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            float[] all = TinyGguf.numbers("blk.0.attn_qkv.weight", 128);
            float[] keys = values(checkpoint, "model.layers.0.self_attn.k_proj.weight");
            assertArrayEquals(Arrays.copyOfRange(all, 64, 72), Arrays.copyOfRange(keys, 0, 8));
            assertArrayEquals(Arrays.copyOfRange(all, 80, 88), Arrays.copyOfRange(keys, 8, 16));
            assertArrayEquals(
                    Arrays.copyOfRange(all, 96, 128), values(checkpoint, "model.layers.0.self_attn.v_proj.weight"));
        }
    }

    @Test
    void twoTensorsOfOneMeaningAreRefused() throws IOException {
        GgufWriter writer = TinyGguf.llama().with("llama.expert_count", 1).with("llama.expert_used_count", 1);
        TinyGguf.add(writer, "blk.0.ffn_up.0.weight", 16, 8);
        TinyGguf.add(writer, "blk.0.ffn_up_exps.weight", 1, 16, 8);
        assertEquals(
                "model.gguf: tensors blk.0.ffn_up.0.weight and blk.0.ffn_up_exps.weight are both"
                        + " model.layers.0.block_sparse_moe.experts.0.w3.weight",
                refusal(writer));
    }

    @Test
    void whatIsNotSupportedIsRefusedWithKeyValueAndWhatIsAllowed() throws IOException {
        assertTrue(refusal(TinyGguf.llama().with("general.architecture", "mamba"))
                .startsWith("model.gguf: general.architecture \"mamba\" is not supported ([llama, qwen2, "));
        assertEquals(
                "model.gguf: general.type \"adapter\" is not supported (\"model\" is)",
                refusal(TinyGguf.llama().with("general.type", "adapter")));
        assertEquals(
                "model.gguf: general.architecture is missing",
                refusal(TinyGguf.llama().without("general.architecture")));
        assertEquals(
                "model.gguf: llama.context_length is missing (allowed: a whole number from 1 to 1073741824)",
                refusal(TinyGguf.llama().without("llama.context_length")));
        assertEquals(
                "model.gguf: llama.block_count is 2.0 (allowed: a whole number from 1 to 10000)",
                refusal(TinyGguf.llama().with("llama.block_count", 2f)));
        assertEquals(
                "model.gguf: llama.attention.clamp_kqv is 8.0 (allowed: absent, or [0.0])",
                refusal(TinyGguf.llama().with("llama.attention.clamp_kqv", 8f)));
        assertEquals(
                "model.gguf: llama.attention.causal is false (allowed: absent, or true)",
                refusal(TinyGguf.llama().with("llama.attention.causal", false)));
        assertEquals(
                "model.gguf: llama.rope.scaling.type is twisted (allowed: none, linear, yarn, longrope)",
                refusal(TinyGguf.llama().with("llama.rope.scaling.type", "twisted")));
        assertEquals(
                "model.gguf: llama.attention.head_count is 3 (allowed: a divisor of embedding_length, 8)",
                refusal(TinyGguf.llama()
                        .with("llama.attention.head_count", 3)
                        .with("llama.attention.head_count_kv", 3)));
        assertEquals(
                "model.gguf: llama.feed_forward_length is different by layer (allowed: one number for all)",
                refusal(TinyGguf.llama().with("llama.feed_forward_length", List.of(16, 17))));
        assertEquals(
                "model.gguf: llama.vocab_size is 6 (allowed: the 5 rows of tensor token_embd.weight)",
                refusal(TinyGguf.llama().with("llama.vocab_size", 6)));
        assertEquals("model.gguf: tensor token_embd.weight is missing", refusal(TinyGguf.metadata()));
        assertEquals(
                "model.gguf: tokenizer.ggml.eos_token_id 9 is no id of the 5 tokens",
                refusal(TinyGguf.llama().with("tokenizer.ggml.eos_token_id", 9)));
        assertEquals(
                "model.gguf: tokenizer.ggml.tokens has 6 tokens, but tensor token_embd.weight only 5 rows",
                refusal(TinyGguf.llama().with("tokenizer.ggml.tokens", List.of("a", "b", "c", "d", "e", "f"))));
        assertEquals(
                "model.gguf: tokenizer.ggml.scores has 2 values for 5 tokens",
                refusal(TinyGguf.llama().with("tokenizer.ggml.scores", List.of(1f, 2f))));
        assertEquals(
                "model.gguf: tensor blk.0.attn_q.bias of shape [6] is not 2 heads of rotary pairs",
                refusal(TinyGguf.add(TinyGguf.llama(), "blk.0.attn_q.bias", 6)));
    }

    @Test
    void generationEndsAtTheEndOfATextOrATurn() throws IOException {
        TinyGguf.llama()
                .with("tokenizer.ggml.bos_token_id", 1)
                .with("tokenizer.ggml.eot_token_id", 4)
                .with("tokenizer.ggml.eom_token_id", 2)
                .with("tokenizer.ggml.padding_token_id", 5)
                .with("tokenizer.ggml.add_bos_token", true)
                .with("tokenizer.chat_template", "{{ a }}")
                .with("tokenizer.chat_templates", List.of("tool_use"))
                .with("tokenizer.chat_template.tool_use", "{{ b }}")
                .write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            assertEquals(1L, checkpoint.configuration().get("bos_token_id"));
            assertEquals(List.of(2L, 4L), checkpoint.configuration().get("eos_token_id"));
            // Some published files have a padding token behind the last one.
            assertEquals(null, checkpoint.configuration().get("pad_token_id"));
            assertEquals(
                    Map.of("bos", 1, "eos", 2, "eot", 4, "eom", 2),
                    checkpoint.vocabulary().special());
            assertEquals(true, checkpoint.vocabulary().addBos());
            assertEquals(
                    Map.of("default", "{{ a }}", "tool_use", "{{ b }}"),
                    checkpoint.vocabulary().chatTemplates());
            assertEquals(Set.of(), checkpoint.unreadKeys());
        }
    }

    @Test
    void aQwenWithSharedExpertsKeepsTheirGate() throws IOException {
        GgufWriter writer = new GgufWriter()
                .with("general.architecture", "qwen2moe")
                .with("qwen2moe.context_length", 16)
                .with("qwen2moe.embedding_length", 8)
                .with("qwen2moe.block_count", 2)
                .with("qwen2moe.feed_forward_length", 16)
                .with("qwen2moe.attention.head_count", 2)
                .with("qwen2moe.attention.layer_norm_rms_epsilon", 1e-6f)
                .with("qwen2moe.expert_count", 4)
                .with("qwen2moe.expert_used_count", 2)
                .with("qwen2moe.expert_shared_feed_forward_length", 12);
        TinyGguf.add(writer, "token_embd.weight", 5, 8);
        TinyGguf.add(writer, "blk.1.ffn_gate_inp.weight", 4, 8);
        TinyGguf.add(writer, "blk.1.ffn_gate_inp_shexp.weight", 8);
        TinyGguf.add(writer, "blk.1.ffn_up_shexp.weight", 12, 8);
        TinyGguf.add(writer, "blk.1.attn_q.weight", 8, 8);
        writer.write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            Map<String, Object> config = checkpoint.configuration();
            assertEquals("qwen2_moe", config.get("model_type"));
            assertEquals(8L, config.get("moe_intermediate_size"));
            assertEquals(12L, config.get("shared_expert_intermediate_size"));
            assertEquals(false, config.get("norm_topk_prob"));
            assertEquals(List.of(0L), config.get("mlp_only_layers"));
            assertArrayEquals(
                    new long[] {1, 8},
                    checkpoint
                            .find("model.layers.1.mlp.shared_expert_gate.weight")
                            .shape());
            assertEquals(
                    Arrangement.PLAIN,
                    checkpoint.find("model.layers.1.self_attn.q_proj.weight").arrangement());
            assertNull(checkpoint.vocabulary());
        }
        assertEquals(
                "model.gguf: qwen2moe.expert_feed_forward_length is missing (allowed: a whole number from 1 to"
                        + " 16777216)",
                refusal(writer.with("qwen2moe.feed_forward_length", 0)));
    }

    @Test
    void foreignTextIsOneShortLineInAMessage() throws IOException {
        String message = refusal(TinyGguf.llama().with("general.architecture", "a\nFAKE " + "b".repeat(1 << 20)));
        assertTrue(message.startsWith("model.gguf: general.architecture \"a?FAKE bbb"), message);
        message = refusal(TinyGguf.llama().with("k".repeat(60_000), List.of(List.of(List.of(List.of(List.of(1)))))));
        assertTrue(message.startsWith("model.gguf: kkk"), message);
        assertEquals(
                "model.gguf: metadata key 11 has control characters",
                refusal(TinyGguf.llama().with("a\nb", 1)));
        assertEquals(
                "model.gguf: the name of tensor 11 has control characters",
                refusal(TinyGguf.add(TinyGguf.llama(), "a\u001b[31m", 4)));
    }

    @Test
    void partsAreReadAsOneModel() throws IOException {
        writeParts(3);
        try (Checkpoint checkpoint = open()) {
            assertEquals("big-00001-of-00003.gguf", checkpoint.file());
            assertEquals(11, checkpoint.names().size());
            assertEquals(
                    "big-00003-of-00003.gguf",
                    checkpoint.find("model.norm.weight").file());
            assertEquals(5, checkpoint.vocabulary().tokens().size());
        }
    }

    private void writeParts(int count) throws IOException {
        TinyGguf.add(part(TinyGguf.metadata(), 0, count), "token_embd.weight", 5, 8)
                .write(part(1, count));
        GgufWriter second = part(new GgufWriter(), 1, count);
        TinyGguf.add(second, "blk.0.attn_norm.weight", 8);
        TinyGguf.add(second, "blk.0.attn_q.weight", 8, 8);
        TinyGguf.add(second, "blk.0.attn_k.weight", 4, 8);
        TinyGguf.add(second, "blk.0.attn_v.weight", 4, 8);
        TinyGguf.add(second, "blk.0.attn_output.weight", 8, 8);
        second.write(part(2, count));
        GgufWriter third = part(new GgufWriter(), 2, count);
        TinyGguf.add(third, "blk.0.ffn_norm.weight", 8);
        TinyGguf.add(third, "blk.0.ffn_gate.weight", 16, 8);
        TinyGguf.add(third, "blk.0.ffn_up.weight", 16, 8);
        TinyGguf.add(third, "blk.0.ffn_down.weight", 8, 16);
        TinyGguf.add(third, "output_norm.weight", 8);
        third.write(part(3, count));
    }

    private static GgufWriter part(GgufWriter writer, int number, int count) {
        return writer.with("split.no", (short) number)
                .with("split.count", (short) count)
                .with("split.tensors.count", 11);
    }

    private Path part(int number, int count) {
        return folder.resolve("big-%05d-of-%05d.gguf".formatted(number, count));
    }

    @Test
    void partsThatDoNotBelongTogetherAreRefused() throws IOException {
        writeParts(3);
        Files.move(part(2, 3), folder.resolve("aside"));
        assertEquals("big-00001-of-00003.gguf: part 2 of 3 is missing", refusal());
        Files.copy(part(3, 3), part(2, 3));
        assertEquals(
                "big-00002-of-00003.gguf: split.no 2 and split.count 3 are not part 1 of 3, counted from 0", refusal());
        part(new GgufWriter(), 1, 3).write(part(2, 3));
        assertEquals("big-00001-of-00003.gguf: split.tensors.count is 11, but there are 6 tensors", refusal());
        GgufWriter again = part(new GgufWriter(), 1, 3);
        for (String name : List.of("output_norm.weight", "a", "b", "c", "d")) {
            TinyGguf.add(again, name, 8);
        }
        again.write(part(2, 3));
        assertTrue(refusal().contains("tensor output_norm.weight is also in big-0000"), refusal());
    }

    @Test
    void aPartAloneIsRefused() throws IOException {
        part(TinyGguf.llama(), 0, 3).write(folder.resolve("model.gguf"));
        assertEquals("model.gguf: split.no 0 and split.count 3 are not part 0 of 1, counted from 0", refusal());
    }

    @Test
    void ofSeveralFilesTheOneCalledModelIsTaken() throws IOException {
        TinyGguf.llama().write(folder.resolve("a-q4.gguf"));
        TinyGguf.llama().write(folder.resolve("b-q8.gguf"));
        assertEquals("test: which of [a-q4.gguf, b-q8.gguf] holds the weights? Name it model.gguf", refusal());
        TinyGguf.llama().write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            assertEquals("model.gguf", checkpoint.file());
        }
    }

    @Test
    void aPickleCalledGgufIsRefusedWithTheReason() throws IOException {
        Files.write(folder.resolve("model.gguf"), new byte[] {'P', 'K', 3, 4, 0, 0, 8, 8});
        assertTrue(refusal().contains("run any code"), refusal());
    }

    @Test
    void weightsAloneHaveNoConfiguration() throws IOException {
        StoredTensor tensor = new StoredTensor(
                "f", "a", StoredType.F32, new long[] {1}, java.lang.foreign.MemorySegment.ofArray(new byte[4]), false);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of("a", tensor));
        TinyGguf.llama().write(folder.resolve("model.gguf"));
        try (Checkpoint checkpoint = open()) {
            assertEquals("model.safetensors", checkpoint.file());
            assertNull(checkpoint.configuration());
            assertNull(checkpoint.vocabulary());
        }
    }
}
