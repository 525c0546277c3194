package org.candor.transformer.internal.decoder;

import org.candor.api.compute.Activation;
import org.candor.api.model.ModelFormatException;

/** Names of activations in configuration files. */
final class Activations {

    private Activations() {}

    /** @param fallback name for an absent key, or null where it is needed */
    static Activation read(ConfigurationKeys keys, String key, String fallback) throws ModelFormatException {
        return named(keys, key, keys.string(key, fallback));
    }

    /** The activation of this name, which was found behind a key. */
    static Activation named(ConfigurationKeys keys, String key, String name) throws ModelFormatException {
        return switch (name) {
            case "gelu" -> Activation.GELU_ERF;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            case "silu", "swish" -> Activation.SILU;
            case "tanh" -> Activation.TANH;
            case null, default -> throw keys.wrong(key, "gelu, gelu_new, gelu_pytorch_tanh, relu, silu, tanh");
        };
    }
}
