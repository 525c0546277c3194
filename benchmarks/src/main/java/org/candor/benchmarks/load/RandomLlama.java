package org.candor.benchmarks.load;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * A Llama of random weights (normal, deviation 0.02, bf16): what it writes means nothing, and takes as long as if it did.
 *
 * @param vocabulary token ids
 * @param hidden size of a token's state; heads have 64 of it
 * @param layers blocks
 * @param queryHeads heads that ask
 * @param keyHeads heads that are asked
 * @param inner size between the two feed-forward matrices
 */
public record RandomLlama(int vocabulary, int hidden, int layers, int queryHeads, int keyHeads, int inner) {

    private static final int HEAD = 64;
    private static final float DEVIATION = 0.02f;

    /** 28.6 million parameters, and as many token ids as the tokenizer of stories-tiny. */
    public static RandomLlama of30Million() {
        return new RandomLlama(512, 512, 9, 8, 4, 1_536);
    }

    private Map<String, int[]> shapes() {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put("model.embed_tokens.weight", new int[] {vocabulary, hidden});
        for (int layer = 0; layer < layers; layer++) {
            String block = "model.layers." + layer + ".";
            shapes.put(block + "input_layernorm.weight", new int[] {hidden});
            shapes.put(block + "self_attn.q_proj.weight", new int[] {queryHeads * HEAD, hidden});
            shapes.put(block + "self_attn.k_proj.weight", new int[] {keyHeads * HEAD, hidden});
            shapes.put(block + "self_attn.v_proj.weight", new int[] {keyHeads * HEAD, hidden});
            shapes.put(block + "self_attn.o_proj.weight", new int[] {hidden, queryHeads * HEAD});
            shapes.put(block + "post_attention_layernorm.weight", new int[] {hidden});
            shapes.put(block + "mlp.gate_proj.weight", new int[] {inner, hidden});
            shapes.put(block + "mlp.up_proj.weight", new int[] {inner, hidden});
            shapes.put(block + "mlp.down_proj.weight", new int[] {hidden, inner});
        }
        shapes.put("model.norm.weight", new int[] {hidden});
        return shapes;
    }

    /** How many numbers there are. */
    public long parameters() {
        return shapes().values().stream().mapToLong(RandomLlama::count).sum();
    }

    private static long count(int[] shape) {
        return shape.length == 1 ? shape[0] : (long) shape[0] * shape[1];
    }

    /**
     * Writes config.json, model.safetensors and a copy of the tokenizer.
     *
     * @param folder is made
     * @param tokenizer a tokenizer.json of at most {@code vocabulary} tokens
     */
    public void write(Path folder, Path tokenizer) throws IOException {
        Files.createDirectories(folder);
        Files.copy(tokenizer, folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
                 "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": %d, "vocab_size": %d,
                 "max_position_embeddings": 2048, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
                 "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": 2}
                """.formatted(
                        hidden, inner, layers, queryHeads, keyHeads, HEAD, vocabulary));
        StringBuilder header = new StringBuilder("{");
        long at = 0;
        for (Map.Entry<String, int[]> tensor : shapes().entrySet()) {
            long end = at + 2 * count(tensor.getValue());
            header.append(at == 0 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(tensor.getKey(), java.util.Arrays.toString(tensor.getValue()), at, end));
            at = end;
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.US_ASCII);
        try (OutputStream out =
                new BufferedOutputStream(Files.newOutputStream(folder.resolve("model.safetensors")), 1 << 20)) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            out.write(json);
            Random random = new Random(1);
            for (Map.Entry<String, int[]> tensor : shapes().entrySet()) {
                boolean norm = tensor.getKey().endsWith("norm.weight");
                for (long i = count(tensor.getValue()); i > 0; i--) {
                    float value = norm ? 1 : DEVIATION * (float) random.nextGaussian();
                    int bits = Float.floatToRawIntBits(value) >>> 16;
                    out.write(bits);
                    out.write(bits >>> 8);
                }
            }
        }
    }
}
