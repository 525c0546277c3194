package org.candor.api.model;

import java.io.IOException;
import java.util.Set;

/** Makes a model that writes out of its files. A service; thread safe. */
public interface GeneratorLoader {

    /** The families (the {@code model_type} of config.json) that are loaded here. */
    Set<String> generates();

    /**
     * Loads a model after its folder was checked completely.
     *
     * @throws ModelFormatException when a file is missing, damaged or refused, when config.json asks for something not
     *     supported, when tensors are missing or of the wrong shape, or when the settings do not fit; the message names
     *     the file, the rule and, where known, the key or tensor
     * @throws org.candor.api.compute.BackendException when memory is exhausted
     */
    Generator loadGenerator(ModelFiles files, GeneratorSettings settings) throws IOException;

    /**
     * About how many bytes {@link #loadGenerator} would hold: weights and cache. Only headers are read.
     *
     * @throws ModelFormatException as for {@link #loadGenerator}
     */
    long bytes(ModelFiles files, GeneratorSettings settings) throws IOException;

    /**
     * What the model's weight file holds for dealing with text; null for formats that hold weights alone. Only headers are
     * read.
     *
     * @throws ModelFormatException as for {@link #loadGenerator}
     */
    EmbeddedText embeddedText(ModelFiles files) throws IOException;
}
