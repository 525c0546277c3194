package org.candor.api.generate;

import java.io.IOException;
import java.util.Set;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;

/** Makes a model that serves texts out of its files. A service; thread safe. */
public interface TextGeneratorLoader {

    /** The families (the {@code model_type} of config.json) that are loaded here. */
    Set<String> generates();

    /**
     * Loads a model with its tokenizer and chat template, where it has them.
     *
     * @throws org.candor.api.model.ModelFormatException when a file is missing, damaged or refused, or does not fit; the
     *     message names the file and the rule
     * @throws org.candor.api.compute.BackendException when memory is exhausted
     */
    TextGenerator load(ModelFiles files, GeneratorSettings settings) throws IOException;
}
