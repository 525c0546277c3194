package org.candor.api.model;

import java.io.IOException;

/** Makes a model out of its files. A service; thread safe. */
public interface ModelLoader {

    /** Whether models of this family (the {@code model_type} of config.json) are loaded here. */
    boolean supports(String family);

    /**
     * Loads a text encoder.
     *
     * @throws ModelFormatException when a file is missing, damaged, refused, or does not fit the configuration; the
     *     message names the file, the rule and, where known, the tensor
     * @throws org.candor.api.compute.BackendException when memory is exhausted
     */
    TextEncoder loadEncoder(ModelFiles files, EncoderSettings settings) throws IOException;
}
