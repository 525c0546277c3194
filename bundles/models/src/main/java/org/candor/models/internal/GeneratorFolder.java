package org.candor.models.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.compute.WeightType;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;

/** A model that writes: as Hugging Face publishes it, as a folder with one GGUF model, or as a GGUF file. */
final class GeneratorFolder {

    private static final String TOKENIZER = "tokenizer.json";
    private static final String SAFETENSORS = ".safetensors";
    /** What tells how to deal with text; taken where it is there. */
    static final List<String> TEXTS = List.of(
            TOKENIZER,
            "tokenizer_config.json",
            "special_tokens_map.json",
            "generation_config.json",
            "chat_template.jinja");

    private static final int BLOCK_TOKENS = 16;

    private GeneratorFolder() {}

    /** A folder with config.json. */
    static FoundModel read(Path folder, String family, WeightType weights) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        files.put(ModelPlaces.CONFIG, folder.resolve(ModelPlaces.CONFIG));
        weights(folder, files);
        texts(folder, files);
        return found(folder, family, weights, files);
    }

    /** A folder with one GGUF model and no config.json. */
    static FoundModel gguf(Path folder, WeightType weights, Loaders loaders) throws IOException {
        Map<String, Path> files = new TreeMap<>(only(folder));
        texts(folder, files);
        return found(folder, family(folder, files, loaders), weights, files);
    }

    /** A GGUF file, with its other parts; whatever else lies beside it may belong to other models. */
    static FoundModel file(Path file, WeightType weights, Loaders loaders) throws IOException {
        Map<String, Path> files = GgufParts.in(file.getParent()).get(GgufParts.model(file));
        return found(file, family(file, files, loaders), weights, files);
    }

    private static Map<String, Path> only(Path folder) throws IOException {
        Map<String, Map<String, Path>> models = GgufParts.in(folder);
        if (models.size() > 1) {
            throw new ModelFormatException(
                    folder + " holds the models " + models.keySet() + ": give the path of one of their files");
        }
        return models.values().iterator().next();
    }

    private static String family(Path place, Map<String, Path> files, Loaders loaders) throws IOException {
        String family = loaders.familyOf(
                new ModelFiles(new ModelId(place.getFileName().toString(), "", ""), files), place.toString());
        if (loaders.task(family) != Task.GENERATE) {
            throw ModelPlaces.unsupported(place, family);
        }
        return family;
    }

    /** Safetensors that the loader reads, which are not all where a folder has them twice; otherwise a GGUF model. */
    private static void weights(Path folder, Map<String, Path> files) throws IOException {
        Path single = folder.resolve("model" + SAFETENSORS);
        JsonNode index = ModelPlaces.json(folder.resolve(ModelPlaces.INDEX));
        if (Files.isRegularFile(single)) {
            files.put(single.getFileName().toString(), single);
        } else if (index != null) {
            files.put(ModelPlaces.INDEX, folder.resolve(ModelPlaces.INDEX));
            for (JsonNode shard : index.path("weight_map")) {
                String name = shard.asText();
                if (!ModelCard.FILE.matcher(name).matches() || !Files.isRegularFile(folder.resolve(name))) {
                    throw new ModelFormatException(
                            folder + ": " + name + " is missing, which " + ModelPlaces.INDEX + " names");
                }
                files.put(name, folder.resolve(name));
            }
        } else if (GgufParts.in(folder).isEmpty()) {
            ModelPlaces.weights(folder, List.of(SAFETENSORS, GgufParts.ENDING), files);
        } else {
            files.putAll(only(folder));
        }
    }

    private static void texts(Path folder, Map<String, Path> files) {
        for (String name : TEXTS) {
            if (Files.isRegularFile(folder.resolve(name))) {
                files.put(name, folder.resolve(name));
            }
        }
    }

    private static FoundModel found(Path place, String family, WeightType weights, Map<String, Path> files) {
        List<String> notes = new ArrayList<>();
        if (!files.containsKey(TOKENIZER) && files.containsKey(ModelPlaces.CONFIG)) {
            notes.add("requests give token ids, because the folder has no " + TOKENIZER);
        }
        boolean blocks = files.keySet().stream().anyMatch(name -> name.endsWith(GgufParts.ENDING));
        WeightType usual = blocks ? WeightType.STORED : WeightType.F32;
        WeightType type = weights == null ? usual : weights;
        ModelUse use = new ModelUse.Generating(new GeneratorSettings(type, 0, CacheRoom.FEWEST, BLOCK_TOKENS));
        return new FoundModel(place, family, use, Map.copyOf(files), List.copyOf(notes));
    }
}
