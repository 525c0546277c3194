package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.transformer.internal.weights.Checkpoint;

/**
 * A model that writes: a decoder, with an encoder before it or not.
 *
 * @param modelType {@code model_type} of config.json
 * @param names what its tensors are called
 * @param vocabulary number of token ids
 * @param positions most tokens of a text
 * @param learnedPositions whether there is a table of position embeddings with so many rows
 * @param embeddingScale factor on token embeddings
 * @param outputScale factor on the last hidden states before the vocabulary
 * @param logitCap soft cap of the logits, 0 for none
 * @param tied whether the output layer is the table of token embeddings where no other is stored
 * @param decoder the blocks that write
 * @param encoder the blocks that read, or null
 * @param start token that a decoder with an encoder starts from, or -1
 * @param ends tokens that end a text
 */
record DecoderConfiguration(
        String modelType,
        TensorNames names,
        int vocabulary,
        int positions,
        boolean learnedPositions,
        float embeddingScale,
        float outputScale,
        float logitCap,
        boolean tied,
        StackConfiguration decoder,
        StackConfiguration encoder,
        int start,
        Set<Integer> ends) {

    /** Whether models of this {@code model_type} are read here. */
    static boolean includes(String modelType) {
        return supported().contains(modelType);
    }

    /** Every {@code model_type} read here. */
    static Set<String> supported() {
        Set<String> types = new TreeSet<>(List.of(Gpt2Reader.MODEL_TYPE, T5Reader.MODEL_TYPE));
        for (Brand brand : Brand.ALL) {
            types.add(brand.modelType());
        }
        return types;
    }

    /**
     * Reads config.json in the spelling of any version of transformers, or what a GGUF file says in its place, and
     * generation_config.json where it is there.
     *
     * @param weights of the model
     * @throws ModelFormatException when a key is missing, out of range or asks for something not supported; names file,
     *     key and value
     */
    static DecoderConfiguration read(ModelFiles files, Checkpoint weights) throws IOException {
        Path config = files.files().get("config.json");
        ConfigurationKeys keys;
        if (config != null) {
            keys = ConfigurationKeys.read(config);
        } else if (weights.configuration() != null) {
            keys = new ConfigurationKeys(weights.file(), "", weights.configuration());
        } else {
            throw new ModelFormatException(files.id().name() + ": config.json is missing");
        }
        Path generation = files.files().get("generation_config.json");
        return read(keys, generation == null ? null : ConfigurationKeys.read(generation));
    }

    /**
     * Reads what config.json and generation_config.json hold, wherever they come from.
     *
     * @param generation or null
     */
    static DecoderConfiguration read(ConfigurationKeys keys, ConfigurationKeys generation) throws ModelFormatException {
        String modelType = keys.string("model_type", "");
        if (!includes(modelType)) {
            throw keys.wrong("model_type", String.join(", ", supported()));
        }
        keys.refuse("quantization_config", "absent: weights are F32, F16 or BF16");
        DecoderConfiguration read =
                switch (modelType) {
                    case Gpt2Reader.MODEL_TYPE -> Gpt2Reader.read(keys);
                    case T5Reader.MODEL_TYPE -> T5Reader.read(keys);
                    default -> new LlamaReader(keys, Brand.of(modelType)).read();
                };
        return generation == null ? read : read.overriddenBy(generation);
    }

    /** What generation_config.json says counts more than config.json. */
    private DecoderConfiguration overriddenBy(ConfigurationKeys generation) throws ModelFormatException {
        List<Integer> ids = generation.ids("eos_token_id", vocabulary);
        return new DecoderConfiguration(
                modelType,
                names,
                vocabulary,
                positions,
                learnedPositions,
                embeddingScale,
                outputScale,
                logitCap,
                tied,
                decoder,
                encoder,
                encoder == null ? start : generation.whole("decoder_start_token_id", start, 0, vocabulary - 1),
                ids.isEmpty() ? ends : Set.copyOf(ids));
    }
}
