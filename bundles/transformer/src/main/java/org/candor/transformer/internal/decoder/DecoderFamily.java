package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.compute.Backend;
import org.candor.api.model.Generator;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.weights.Checkpoint;
import org.candor.transformer.internal.weights.StoredTensor;

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
     * About how many bytes {@link #generator} would hold: every stored value in the type of the weights, but the table of
     * embeddings in binary32, besides the output layer where they share what is stored; and the cache.
     */
    public static long bytes(ModelFiles files, GeneratorSettings settings) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            DecoderConfiguration configuration = DecoderConfiguration.read(files, checkpoint);
            StackConfiguration stack = configuration.decoder();
            long values =
                    checkpoint.tensors().stream().mapToLong(StoredTensor::size).reduce(0, Math::addExact);
            long each =
                    switch (settings.weights()) {
                        case F32 -> Float.BYTES;
                        case BF16 -> Short.BYTES;
                        case I8 -> Byte.BYTES;
                    };
            long table = (long) configuration.vocabulary() * stack.hidden();
            long more = table * (configuration.tied() ? Float.BYTES : Float.BYTES - each);
            long cached = 2L * stack.layers().size() * stack.keyValueColumns() * settings.cacheTokens();
            return Math.addExact(Math.multiplyExact(values, each), more + Float.BYTES * cached);
        } catch (ArithmeticException e) {
            throw new ModelFormatException(
                    files.id().name() + ": its tensors and cache are too large to be counted", e);
        }
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
