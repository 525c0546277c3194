package org.candor.api.model;

import java.nio.file.Path;
import java.util.Objects;
import org.candor.api.compute.WeightType;

/**
 * Where a model comes from that becomes a pack by reference.
 *
 * @param path absolute: an unpacked pack, a model's folder as Hugging Face publishes it, a folder with one GGUF model, or a
 *     GGUF file (of a model in parts, any of them)
 * @param name or null for what the card or the path says: {@code NAME-1.2.3}, {@code NAME-v1}, or what it is called
 * @param version likewise; 1.0.0 where the path says none
 * @param weights how a model that writes holds its weights, or null for {@link WeightType#F32}; refused where the model's
 *     card says it, and for encoders
 */
public record ModelSource(Path path, String name, String version, WeightType weights) {

    public ModelSource {
        Objects.requireNonNull(path, "path");
    }

    /** With what the path says. */
    public static ModelSource of(Path path) {
        return new ModelSource(path, null, null, null);
    }
}
