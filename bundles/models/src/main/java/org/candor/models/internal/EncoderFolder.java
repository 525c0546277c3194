package org.candor.models.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFormatException;

/**
 * A text encoder as Hugging Face publishes it: config.json, tokenizer.json and weights, with what sentence-transformers
 * adds (pooling, normalisation, prompts) where it is there.
 */
final class EncoderFolder {

    private static final String TOKENIZER = "tokenizer.json";
    private static final int MOST_TOKENS = 1 << 20;
    private static final int POSITIONS_OF_ROBERTA_BEFORE_TEXT = 2;
    private static final int DEFAULT_TOKENS = 512;

    private EncoderFolder() {}

    static FoundModel read(Path folder, String family, JsonNode config) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        files.put(ModelPlaces.CONFIG, folder.resolve(ModelPlaces.CONFIG));
        if (!Files.isRegularFile(folder.resolve(TOKENIZER))) {
            throw new ModelFormatException(folder + ": " + TOKENIZER + " is missing");
        }
        files.put(TOKENIZER, folder.resolve(TOKENIZER));
        ModelPlaces.weights(folder, List.of(".safetensors", ".onnx"), files);
        List<String> notes = new ArrayList<>();
        JsonNode modules = ModelPlaces.json(folder.resolve("modules.json"));
        boolean normalize = modules == null || has(modules, "Normalize");
        if (modules == null) {
            notes.add("vectors have length 1, because the folder says nothing");
        }
        EncoderSettings settings = new EncoderSettings(
                pooling(folder, notes), normalize, tokens(folder, config, family), queryPrefix(folder), WeightType.F32);
        return new FoundModel(folder, family, new ModelUse.Encoding(settings), files, List.copyOf(notes));
    }

    private static Pooling pooling(Path folder, List<String> notes) throws IOException {
        JsonNode pooling = ModelPlaces.json(folder.resolve("1_Pooling").resolve("config.json"));
        if (pooling == null) {
            notes.add("pooling is the mean, because the folder has no 1_Pooling/config.json");
            return Pooling.MEAN;
        }
        if (pooling.path("pooling_mode_cls_token").asBoolean()) {
            return Pooling.FIRST;
        }
        if (pooling.path("pooling_mode_mean_tokens").asBoolean()) {
            return Pooling.MEAN;
        }
        throw new ModelFormatException(
                folder + ": 1_Pooling/config.json: pooling of the first token or the mean is supported");
    }

    private static int tokens(Path folder, JsonNode config, String family) throws IOException {
        int positions = config.path("max_position_embeddings").asInt(DEFAULT_TOKENS);
        if (family.contains("roberta")) {
            positions -= POSITIONS_OF_ROBERTA_BEFORE_TEXT;
        }
        JsonNode sentences = ModelPlaces.json(folder.resolve("sentence_bert_config.json"));
        JsonNode tokenizer = ModelPlaces.json(folder.resolve("tokenizer_config.json"));
        int most = positions;
        if (sentences != null && sentences.path("max_seq_length").isInt()) {
            most = Math.min(most, sentences.path("max_seq_length").asInt());
        } else if (tokenizer != null && tokenizer.path("model_max_length").isInt()) {
            most = Math.min(most, tokenizer.path("model_max_length").asInt());
        }
        if (most < 3 || most > MOST_TOKENS) {
            throw new ModelFormatException(
                    folder + ": the model takes " + most + " tokens, 3 to " + MOST_TOKENS + " are possible");
        }
        return most;
    }

    private static String queryPrefix(Path folder) throws IOException {
        JsonNode prompts = ModelPlaces.json(folder.resolve("config_sentence_transformers.json"));
        return prompts == null ? "" : prompts.path("prompts").path("query").asText("");
    }

    private static boolean has(JsonNode modules, String type) {
        for (JsonNode module : modules) {
            if (module.path("type").asText("").endsWith("." + type)) {
                return true;
            }
        }
        return false;
    }
}
