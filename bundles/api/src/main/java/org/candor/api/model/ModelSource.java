package org.candor.api.model;

import java.nio.file.Path;
import java.util.Objects;
import org.candor.api.compute.WeightType;

/**
 * Where a model or an adapter comes from that becomes a pack by reference.
 *
 * @param path absolute: an unpacked pack, a model's folder as Hugging Face publishes it, a folder with one GGUF model, a
 *     GGUF file (of a model in parts, any of them), or the folder of a low-rank adapter as PEFT writes it
 * @param name or null for what the card or the path says: {@code NAME-1.2.3}, {@code NAME-v1}, or what it is called
 * @param version likewise; 1.0.0 where the path says none
 * @param weights how a model that writes holds its weights, or null for {@link WeightType#F32}; refused where the model's
 *     card says it, for encoders and for adapters
 * @param base the installed model that an adapter changes: {@code NAME} for the revision its route leads to, or {@code
 *     NAME:VERSION}; null for anything else, and where an adapter's card says it
 */
public record ModelSource(Path path, String name, String version, WeightType weights, String base) {

    public ModelSource {
        Objects.requireNonNull(path, "path");
    }

    /** Of a model that is no adapter. */
    public ModelSource(Path path, String name, String version, WeightType weights) {
        this(path, name, version, weights, null);
    }

    /** With what the path says. */
    public static ModelSource of(Path path) {
        return new ModelSource(path, null, null, null);
    }
}
