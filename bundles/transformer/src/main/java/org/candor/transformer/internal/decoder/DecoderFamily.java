package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.util.Set;
import org.candor.api.compute.Backend;
import org.candor.api.compute.WeightType;
import org.candor.api.model.Generator;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.weights.Checkpoint;
import org.candor.transformer.internal.weights.StoredTensor;

/**
 * Models that write: Llama and its descendants, GPT-2, T5.
 *
 * @param backend where they compute
 */
public record DecoderFamily(Backend backend) {

    /** Every {@code model_type} that {@link #generator} loads. */
    public static Set<String> modelTypes() {
        return DecoderConfiguration.supported();
    }

    /** Bytes of a block of 32 values in 8 bits, which takes the place of other blocks, and in 4. */
    private static final int BYTES_OF_32_Q8 = 34;

    private static final int BYTES_OF_32_Q4 = 18;

    /**
     * About how many bytes {@link #generator} would hold: every stored value in the type of the weights; the table of
     * embeddings in binary32, besides the output layer where they share what is stored, unless it is held as the output
     * layer is; the cache; and, where there is an encoder, buffers for its longest input.
     */
    public static long bytes(ModelFiles files, GeneratorSettings settings) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(files)) {
            DecoderConfiguration configuration = DecoderConfiguration.read(files, checkpoint);
            StackConfiguration stack = configuration.decoder();
            WeightType type = settings.weights();
            long held = checkpoint.tensors().stream()
                    .mapToLong(tensor -> held(tensor, type))
                    .reduce(0, Math::addExact);
            long table = (long) configuration.vocabulary() * stack.hidden();
            long more =
                    switch (type) {
                        case F32 -> configuration.tied() ? Float.BYTES * table : 0;
                        case BF16, F16 -> table * (configuration.tied() ? Float.BYTES : Float.BYTES - Short.BYTES);
                        case I8 -> table * (configuration.tied() ? Float.BYTES : Float.BYTES - Byte.BYTES);
                        case Q8, Q4, STORED -> 0;
                    };
            long cached = 2L
                    * stack.layers().size()
                    * settings.cache().bytes(stack.keyValueHeads(), stack.headSize())
                    * settings.cacheTokens();
            long buffers = configuration.encoder() == null
                    ? 0
                    : DecoderWorkspace.bytes(configuration, encoderInput(configuration, settings));
            return Math.addExact(held, more + cached + buffers);
        } catch (ArithmeticException e) {
            throw new ModelFormatException(
                    files.id().name() + ": its tensors and cache are too large to be counted", e);
        }
    }

    private static long held(StoredTensor tensor, WeightType type) {
        long size = tensor.size();
        return switch (type) {
            case F32 -> Math.multiplyExact(size, Float.BYTES);
            case BF16, F16 -> Math.multiplyExact(size, Short.BYTES);
            case I8 -> size;
            case Q8 -> Math.multiplyExact(size, BYTES_OF_32_Q8) / 32;
            case Q4 -> Math.multiplyExact(size, BYTES_OF_32_Q4) / 32;
            case STORED ->
                tensor.type().element() == null && tensor.type().blocks() == null
                        ? Math.multiplyExact(size, BYTES_OF_32_Q8) / 32
                        : tensor.data().byteSize();
        };
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
                model.reserve(encoderInput(model.configuration(), settings));
            }
            int blocks = Math.ceilDiv(settings.cacheTokens(), settings.blockTokens());
            return new CausalGenerator(model, model.cache(settings.cache(), blocks, settings.blockTokens()));
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** The longest input of an encoder: it is read in one pass, for which buffers are held from the beginning. */
    private static int encoderInput(DecoderConfiguration configuration, GeneratorSettings settings) {
        return settings.maxTokens() == 0 ? configuration.positions() : settings.maxTokens();
    }
}
