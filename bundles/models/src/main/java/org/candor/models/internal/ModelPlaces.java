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
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFormatException;

/** Models without a card: folders as Hugging Face publishes them, and GGUF files. Weights are not read here. */
final class ModelPlaces {

    static final String CONFIG = "config.json";
    static final String INDEX = "model.safetensors.index.json";

    private static final long MOST_JSON = 16 << 20;
    private static final Set<String> PICKLES = Set.of(".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ModelPlaces() {}

    /**
     * Finds out what lies there.
     *
     * @param weights how a model that writes holds them, or null where nothing is said
     * @throws ModelFormatException saying what is missing or cannot be used
     */
    static FoundModel look(Path place, WeightType weights, Loaders loaders) throws IOException {
        if (Files.isRegularFile(place)) {
            return GeneratorFolder.file(place, weights, loaders);
        }
        JsonNode config = json(place.resolve(CONFIG));
        if (config == null) {
            if (GgufParts.in(place).isEmpty()) {
                throw new ModelFormatException(place + ": " + CONFIG + " is missing");
            }
            return GeneratorFolder.gguf(place, weights, loaders);
        }
        String family = config.path("model_type").asText("");
        if (family.isEmpty()) {
            throw new ModelFormatException(place + ": config.json has no model_type");
        }
        return switch (loaders.task(family)) {
            case EMBED -> {
                if (weights != null) {
                    throw new ModelFormatException(
                            place + ": it encodes, and the weights' type can be chosen for models that write only");
                }
                yield EncoderFolder.read(place, family, config);
            }
            case GENERATE -> GeneratorFolder.read(place, family, weights);
            case null -> throw unsupported(place, family);
        };
    }

    static ModelFormatException unsupported(Path place, String family) {
        return new ModelFormatException(
                place + ": models of family " + family + " are not supported, or their loader is not there yet");
    }

    /** Puts weights in: those of the first of these endings that there are. */
    static void weights(Path folder, List<String> endings, Map<String, Path> files) throws IOException {
        Map<String, Path> all = new TreeMap<>();
        try (Stream<Path> list = Files.list(folder)) {
            list.filter(Files::isRegularFile)
                    .forEach(file -> all.put(file.getFileName().toString(), file));
        }
        for (String ending : endings) {
            Map<String, Path> found = new TreeMap<>(all);
            found.keySet().removeIf(name -> !name.endsWith(ending));
            if (ending.equals(".safetensors") && all.containsKey(INDEX)) {
                found.put(INDEX, all.get(INDEX));
            }
            if (!found.isEmpty()) {
                files.putAll(found);
                return;
            }
        }
        for (String name : all.keySet()) {
            if (PICKLES.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith)) {
                throw new ModelFormatException(folder + ": " + name
                        + ": pickled weights are refused, because reading a pickle can run any code it contains; convert"
                        + " the model to safetensors");
            }
        }
        throw new ModelFormatException(
                folder + ": no weights: a file that ends in " + String.join(" or ", endings) + " is needed");
    }

    /** A JSON file, or null when there is none. */
    static JsonNode json(Path file) throws IOException {
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
