package org.candor.models.internal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.ModelFormatException;

/**
 * A text encoder as Hugging Face publishes it: config.json, tokenizer.json and weights, with what sentence-transformers
 * adds (pooling, normalisation, prompts) where it is there.
 *
 * @param family the {@code model_type}
 * @param settings how it is used
 * @param files that belong to the model, by name
 * @param notes what the folder leaves open, and what was taken instead
 */
record HuggingFaceFolder(String family, EncoderSettings settings, Map<String, Path> files, List<String> notes) {

    private static final long MOST_JSON = 16 << 20;
    private static final int MOST_TOKENS = 1 << 20;
    private static final int POSITIONS_OF_ROBERTA_BEFORE_TEXT = 2;
    private static final int DEFAULT_TOKENS = 512;
    private static final Set<String> PICKLES = Set.of(".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Looks at a folder; weights are not read.
     *
     * @throws ModelFormatException saying what is missing or cannot be used
     */
    static HuggingFaceFolder read(Path folder) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        for (String needed : List.of("config.json", "tokenizer.json")) {
            if (!Files.isRegularFile(folder.resolve(needed))) {
                throw new ModelFormatException(folder + ": " + needed + " is missing");
            }
            files.put(needed, folder.resolve(needed));
        }
        weights(folder, files);
        JsonNode config = json(folder.resolve("config.json"));
        String family = config.path("model_type").asText("");
        if (family.isEmpty()) {
            throw new ModelFormatException(folder + ": config.json has no model_type");
        }
        List<String> notes = new java.util.ArrayList<>();
        JsonNode modules = json(folder.resolve("modules.json"));
        boolean normalize = modules == null || has(modules, "Normalize");
        if (modules == null) {
            notes.add("vectors have length 1, because the folder says nothing");
        }
        return new HuggingFaceFolder(
                family,
                new EncoderSettings(
                        pooling(folder, notes),
                        normalize,
                        tokens(folder, config, family),
                        queryPrefix(folder),
                        WeightType.F32),
                files,
                List.copyOf(notes));
    }

    private static void weights(Path folder, Map<String, Path> files) throws IOException {
        List<Path> all;
        try (Stream<Path> list = Files.list(folder)) {
            all = list.filter(Files::isRegularFile).sorted().toList();
        }
        for (String ending : List.of(".safetensors", ".onnx")) {
            for (Path file : all) {
                if (file.getFileName().toString().endsWith(ending)) {
                    files.put(file.getFileName().toString(), file);
                }
            }
            Path index = folder.resolve("model.safetensors.index.json");
            if (Files.isRegularFile(index) && ending.equals(".safetensors")) {
                files.put(index.getFileName().toString(), index);
            }
            if (files.size() > 2) {
                return;
            }
        }
        for (Path file : all) {
            String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
            if (PICKLES.stream().anyMatch(name::endsWith)) {
                throw new ModelFormatException(folder + ": " + file.getFileName()
                        + ": pickled weights are refused, because reading a pickle can run any code it contains; convert"
                        + " the model to safetensors");
            }
        }
        throw new ModelFormatException(folder + ": no weights: model.safetensors, its index or model.onnx is needed");
    }

    private static Pooling pooling(Path folder, List<String> notes) throws IOException {
        JsonNode pooling = json(folder.resolve("1_Pooling").resolve("config.json"));
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
        JsonNode sentences = json(folder.resolve("sentence_bert_config.json"));
        JsonNode tokenizer = json(folder.resolve("tokenizer_config.json"));
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
        JsonNode prompts = json(folder.resolve("config_sentence_transformers.json"));
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

    /** A JSON file, or null when there is none. */
    private static JsonNode json(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        if (Files.size(file) > MOST_JSON) {
            throw new ModelFormatException(file + " is larger than " + MOST_JSON + " bytes");
        }
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new ModelFormatException(file + ": " + e.getOriginalMessage(), e);
        }
    }
}
