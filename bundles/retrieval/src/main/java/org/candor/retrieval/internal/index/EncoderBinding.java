package org.candor.retrieval.internal.index;

import java.util.Map;
import org.candor.api.model.ModelId;

/**
 * The encoder whose vectors a generation holds; written into every commit.
 *
 * @param model the revision
 * @param dimensions of its vectors
 */
public record EncoderBinding(ModelId model, int dimensions) {

    Map<String, String> commitData() {
        return Map.of(
                "encoder.name", model.name(),
                "encoder.version", model.version(),
                "encoder.digest", model.digest(),
                "encoder.dimensions", Integer.toString(dimensions));
    }

    /** Null when the data names no encoder. */
    static EncoderBinding of(Map<String, String> data) {
        String digest = data.get("encoder.digest");
        return digest == null
                ? null
                : new EncoderBinding(
                        new ModelId(data.get("encoder.name"), data.get("encoder.version"), digest),
                        Integer.parseInt(data.get("encoder.dimensions")));
    }
}
