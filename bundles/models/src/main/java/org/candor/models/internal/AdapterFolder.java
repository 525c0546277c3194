package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelSource;

/**
 * The folder of a low-rank adapter as PEFT writes it. Everything that deals with text is its base's: what the folder has of that may
 * only be what the base has, since an adapter that was trained with another tokenizer or template would write nonsense.
 */
final class AdapterFolder {

    /** The family of every adapter's card. */
    static final String FAMILY = "lora";

    static final String CONFIG = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PICKLE = "adapter_model.bin";

    private AdapterFolder() {}

    /** Whether somebody means an adapter: it looks like one, and no card says what it is. */
    static boolean at(Path place) {
        return Files.isRegularFile(place.resolve(CONFIG));
    }

    /**
     * Finds an adapter's files.
     *
     * @param base the revision that it is of
     * @throws ModelFormatException naming the file and what to do
     */
    static FoundModel read(ModelSource source, ModelCard base) throws IOException {
        Path folder = source.path();
        if (source.weights() != null) {
            throw new ModelFormatException(
                    folder + ": the weights' type is its base's: an adapter's own weights are always held in 32 bits");
        }
        Map<String, Path> files = new TreeMap<>();
        for (String name : List.of(CONFIG, WEIGHTS)) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new ModelFormatException(folder + ": " + name + " is missing"
                        + (Files.exists(folder.resolve(PICKLE))
                                ? "; " + PICKLE + " is a pickle, and reading one can run any code in it"
                                : ""));
            }
            files.put(name, folder.resolve(name));
        }
        requireTextsOf(base, folder);
        return new FoundModel(folder, FAMILY, new ModelUse.Adapting(base.id()), Map.copyOf(files), List.of());
    }

    private static void requireTextsOf(ModelCard base, Path folder) throws IOException {
        for (String name : GeneratorFolder.TEXTS) {
            Path own = folder.resolve(name);
            ModelCard.FileDigest expected = base.files().get(name);
            if (Files.isRegularFile(own) && (expected == null || !ContentStore.right(own, expected))) {
                throw new ModelFormatException(
                        own + " is another one than that of the base "
                                + Bases.named(base.id())
                                + ", by which texts are read and written; where the base's is meant, take this file out of the folder");
            }
        }
    }

    /** What an adapter without a word about its base is refused with. */
    static ModelFormatException baseNeeded(Path folder) throws IOException {
        String trained = ModelPlaces.json(folder.resolve(CONFIG))
                .path("base_model_name_or_path")
                .asText("");
        return new ModelFormatException(folder + " is a low-rank adapter"
                + (trained.isEmpty() ? "" : " (of \"" + trained + "\", as its files say)")
                + ": say which installed model is its base, as NAME or NAME:VERSION (option --base, member base)");
    }

    /** What a base for something else is refused with. */
    static ModelFormatException noAdapter(Path place) {
        return new ModelFormatException(
                place + " is no low-rank adapter, since it has no " + CONFIG + ": a base is for adapters only");
    }
}
