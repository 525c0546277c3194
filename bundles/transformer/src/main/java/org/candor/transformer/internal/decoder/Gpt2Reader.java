package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.api.model.ModelFormatException;

/** Reads config.json of GPT-2 (Radford et al. 2019). */
final class Gpt2Reader {

    static final String MODEL_TYPE = "gpt2";

    private Gpt2Reader() {}

    static DecoderConfiguration read(ConfigurationKeys keys) throws ModelFormatException {
        keys.refuse("add_cross_attention", "absent or false");
        int vocabulary = keys.whole("vocab_size", null, 1, 1 << 24);
        int hidden = keys.whole("n_embd", null, 1, 1 << 20);
        int heads = keys.whole("n_head", null, 1, 1 << 12);
        if (hidden % heads != 0) {
            throw keys.wrong("n_head", "a divisor of n_embd, " + hidden);
        }
        int headSize = hidden / heads;
        int positions = keys.whole(keys.has("n_positions") ? "n_positions" : "n_ctx", null, 1, 1 << 24);
        int inner = keys.whole("n_inner", 4 * hidden, 1, 1 << 24);
        double scale = keys.flag("scale_attn_weights", true) ? 1 / Math.sqrt(headSize) : 1;
        boolean byLayer = keys.flag("scale_attn_by_inverse_layer_idx", false);
        int count = keys.whole("n_layer", null, 1, 10_000);
        List<StackConfiguration.Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            layers.add(new StackConfiguration.Layer(0, -1, (float) (byLayer ? scale / (i + 1) : scale), inner, null));
        }
        StackConfiguration stack = new StackConfiguration(
                hidden,
                heads,
                heads,
                headSize,
                new StackConfiguration.Norm(true, false, (float) keys.number("layer_norm_epsilon", 1e-5, 0, 1)),
                false,
                false,
                new StackConfiguration.Biases(true, true, true),
                Activations.read(keys, "activation_function", "gelu_new"),
                false,
                0,
                List.of(),
                layers,
                true,
                false,
                null);
        return new DecoderConfiguration(
                MODEL_TYPE,
                TensorNames.GPT2,
                vocabulary,
                positions,
                true,
                1,
                1,
                0,
                keys.flag("tie_word_embeddings", true),
                stack,
                null,
                -1,
                Set.copyOf(keys.ids("eos_token_id", vocabulary)));
    }
}
