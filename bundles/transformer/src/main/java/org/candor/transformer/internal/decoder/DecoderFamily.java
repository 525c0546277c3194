package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.compute.Backend;
import org.candor.api.model.Generator;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;

/**
 * Models that write: Llama and its descendants, GPT-2.
 *
 * @param backend where they compute
 */
public record DecoderFamily(Backend backend) {

    /** Every {@code model_type} that {@link #generator} loads. */
    public static Set<String> modelTypes() {
        Set<String> types = new TreeSet<>(DecoderConfiguration.supported());
        types.remove(T5Reader.MODEL_TYPE);
        return types;
    }

    /**
     * Loads a generator.
     *
     * @throws ModelFormatException when a file is missing or damaged, or does not fit the configuration or settings
     */
    public Generator generator(ModelFiles files, GeneratorSettings settings) throws IOException {
        DecoderModel model = DecoderLoader.load(files, backend, settings.weights(), settings.maxTokens())
                .model();
        try {
            if (model.configuration().encoder() != null) {
                throw new ModelFormatException("config.json: model_type \""
                        + model.configuration().modelType() + "\" reads with an encoder and is no generator ("
                        + String.join(", ", modelTypes()) + " are)");
            }
            int blocks = Math.ceilDiv(settings.cacheTokens(), settings.blockTokens());
            return new CausalGenerator(model, model.cache(blocks, settings.blockTokens()));
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }
}
