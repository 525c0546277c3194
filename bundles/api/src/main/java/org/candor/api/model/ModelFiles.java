package org.candor.api.model;

import java.nio.file.Path;
import java.util.Map;

/**
 * The files of a verified model revision. They do not change while the revision is loaded and may be mapped.
 *
 * @param id the revision
 * @param files path by name within the pack, for example {@code config.json}, {@code tokenizer.json}, {@code
 *     model.onnx}
 */
public record ModelFiles(ModelId id, Map<String, Path> files) {
    public ModelFiles {
        files = Map.copyOf(files);
    }
}
