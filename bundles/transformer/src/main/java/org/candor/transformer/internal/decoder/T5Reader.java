package org.candor.transformer.internal.decoder;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.candor.api.compute.Activation;
import org.candor.api.model.ModelFormatException;

/** Reads config.json of T5 (Raffel et al. 2020) and T5 v1.1 (Shazeer 2020). */
final class T5Reader {

    static final String MODEL_TYPE = "t5";

    /**
     * Distances have buckets, so a text may have any length. This one bounds buffers, since an encoder reads its input in one pass,
     * where nobody says how long texts are.
     */
    private static final int POSITIONS = 4_096;

    private T5Reader() {}

    static DecoderConfiguration read(ConfigurationKeys keys) throws ModelFormatException {
        int vocabulary = keys.whole("vocab_size", null, 1, 1 << 24);
        int hidden = keys.whole("d_model", null, 1, 1 << 20);
        int layers = keys.whole("num_layers", null, 1, 10_000);
        boolean tied = keys.flag("tie_word_embeddings", true);
        // Version 5 says it; before, classic T5 is the one whose output layer is tied.
        boolean scaled = keys.flag("scale_decoder_outputs", tied);
        List<Integer> start = keys.ids("decoder_start_token_id", vocabulary);
        return new DecoderConfiguration(
                MODEL_TYPE,
                TensorNames.T5_DECODER,
                vocabulary,
                POSITIONS,
                false,
                1,
                scaled ? (float) (1 / Math.sqrt(hidden)) : 1,
                0,
                tied,
                stack(keys, hidden, keys.whole("num_decoder_layers", layers, 1, 10_000), true),
                stack(keys, hidden, layers, false),
                start.isEmpty() ? keys.whole("pad_token_id", 0, 0, vocabulary - 1) : start.getFirst(),
                Set.copyOf(keys.ids("eos_token_id", vocabulary)));
    }

    private static StackConfiguration stack(ConfigurationKeys keys, int hidden, int layers, boolean decoder)
            throws ModelFormatException {
        int heads = keys.whole("num_heads", null, 1, 1 << 12);
        int buckets = keys.whole("relative_attention_num_buckets", 32, 4, 1 << 12);
        if (buckets % 4 != 0) {
            throw keys.wrong("relative_attention_num_buckets", "a multiple of 4");
        }
        int reach = keys.whole("relative_attention_max_distance", 128, buckets / 2 + 1, 1 << 17);
        String projection = keys.string("feed_forward_proj", "relu");
        boolean gated = projection.startsWith("gated-");
        String name = gated ? projection.substring("gated-".length()) : projection;
        // "gated-gelu" has meant the approximation by tanh since T5 v1.1 was published.
        Activation activation = gated && name.equals("gelu")
                ? Activation.GELU_TANH
                : Activations.named(keys, "feed_forward_proj", name);
        int inner = keys.whole("d_ff", null, 1, 1 << 24);
        return new StackConfiguration(
                hidden,
                heads,
                heads,
                keys.whole("d_kv", 64, 1, 1 << 16),
                new StackConfiguration.Norm(false, false, (float) keys.number("layer_norm_epsilon", 1e-6, 0, 1)),
                false,
                false,
                new StackConfiguration.Biases(false, false, false),
                activation,
                gated,
                0,
                List.of(),
                Collections.nCopies(layers, new StackConfiguration.Layer(0, -1, 1, inner, null)),
                decoder,
                decoder,
                new StackConfiguration.DistanceBias(buckets, reach));
    }
}
