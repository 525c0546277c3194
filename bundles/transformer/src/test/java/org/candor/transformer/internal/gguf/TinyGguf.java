package org.candor.transformer.internal.gguf;

import java.util.List;
import java.util.Random;

/** A Llama of one layer: hidden size 8, two heads on one, feed-forward length 16, five tokens. */
public final class TinyGguf {

    private TinyGguf() {}

    /** The metadata without tensors. */
    public static GgufWriter metadata() {
        return new GgufWriter()
                .with("general.architecture", "llama")
                .with("llama.context_length", 16)
                .with("llama.embedding_length", 8)
                .with("llama.block_count", 1)
                .with("llama.feed_forward_length", 16)
                .with("llama.attention.head_count", 2)
                .with("llama.attention.head_count_kv", 1)
                .with("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .with("tokenizer.ggml.model", "llama")
                .with("tokenizer.ggml.tokens", List.of("<unk>", "<s>", "</s>", "▁a", "b"))
                .with("tokenizer.ggml.eos_token_id", 2);
    }

    /** The whole model. */
    public static GgufWriter llama() {
        return tensors(metadata());
    }

    /** Adds the model's tensors. */
    public static GgufWriter tensors(GgufWriter writer) {
        add(writer, "token_embd.weight", 5, 8);
        add(writer, "blk.0.attn_norm.weight", 8);
        add(writer, "blk.0.attn_q.weight", 8, 8);
        add(writer, "blk.0.attn_k.weight", 4, 8);
        add(writer, "blk.0.attn_v.weight", 4, 8);
        add(writer, "blk.0.attn_output.weight", 8, 8);
        add(writer, "blk.0.ffn_norm.weight", 8);
        add(writer, "blk.0.ffn_gate.weight", 16, 8);
        add(writer, "blk.0.ffn_up.weight", 16, 8);
        add(writer, "blk.0.ffn_down.weight", 8, 16);
        add(writer, "output_norm.weight", 8);
        return writer;
    }

    /** Adds a tensor of random numbers that depend on its name. */
    public static GgufWriter add(GgufWriter writer, String name, long... shape) {
        int count = 1;
        for (long dimension : shape) {
            count *= (int) dimension;
        }
        return writer.tensor(name, shape, numbers(name, count));
    }

    /** The numbers of a tensor of this name. */
    public static float[] numbers(String name, int count) {
        Random random = new Random(name.hashCode());
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
