package org.candor.models.internal;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.candor.api.generate.TextGeneratorLoader;
import org.candor.api.model.EmbeddedText;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelLoader;

/** Who makes models of which family and task. Thread safe. */
final class Loaders {

    /** Makes models of one family for one use. */
    interface Loader {

        /** About how many bytes the model would hold. */
        long bytes(ModelFiles files) throws IOException;

        LoadedModel load(ModelFiles files) throws IOException;
    }

    private final List<ModelLoader> encoders = new CopyOnWriteArrayList<>();
    private final List<GeneratorLoader> generators = new CopyOnWriteArrayList<>();
    private final List<TextGeneratorLoader> servers = new CopyOnWriteArrayList<>();

    void add(ModelLoader loader) {
        encoders.add(loader);
    }

    void remove(ModelLoader loader) {
        encoders.remove(loader);
    }

    void add(GeneratorLoader loader) {
        generators.add(loader);
    }

    void remove(GeneratorLoader loader) {
        generators.remove(loader);
    }

    void add(TextGeneratorLoader loader) {
        servers.add(loader);
    }

    void remove(TextGeneratorLoader loader) {
        servers.remove(loader);
    }

    boolean isEmpty() {
        return encoders.isEmpty() && servers.isEmpty();
    }

    /** What models of this family do here, or null where none is loaded here now. */
    Task task(String family) {
        return encoder(family) != null ? Task.EMBED : server(family) != null ? Task.GENERATE : null;
    }

    /** The loader, or null. */
    Loader find(String family, ModelUse.Encoding use) {
        ModelLoader loader = encoder(family);
        return loader == null ? null : new EncoderLoader(loader, use);
    }

    /** The loader, or null. */
    Loader find(String family, ModelUse.Generating use) {
        TextGeneratorLoader server = server(family);
        GeneratorLoader generator = generator(family);
        return server == null || generator == null ? null : new TextLoader(server, generator, use);
    }

    /**
     * The family that a weight file names itself.
     *
     * @throws ModelFormatException when it names none, or nobody here reads such files
     */
    String familyOf(ModelFiles files, String location) throws IOException {
        for (GeneratorLoader loader : generators) {
            EmbeddedText text = loader.embeddedText(files);
            if (text != null) {
                return text.family();
            }
        }
        throw new ModelFormatException(location + ": config.json is missing"
                + (generators.isEmpty() ? ", and who reads models without it is not there yet" : ""));
    }

    private ModelLoader encoder(String family) {
        return encoders.stream()
                .filter(loader -> loader.supports(family))
                .findFirst()
                .orElse(null);
    }

    private GeneratorLoader generator(String family) {
        return generators.stream()
                .filter(loader -> loader.generates().contains(family))
                .findFirst()
                .orElse(null);
    }

    private TextGeneratorLoader server(String family) {
        return servers.stream()
                .filter(loader -> loader.generates().contains(family))
                .findFirst()
                .orElse(null);
    }

    private record EncoderLoader(ModelLoader loader, ModelUse.Encoding use) implements Loader {
        @Override
        public long bytes(ModelFiles files) throws IOException {
            return MemoryBudget.estimate(files, use.settings().weights());
        }

        @Override
        public LoadedModel load(ModelFiles files) throws IOException {
            return new LoadedModel.Encoder(loader.loadEncoder(files, use.settings()));
        }
    }

    private record TextLoader(TextGeneratorLoader server, GeneratorLoader generator, ModelUse.Generating use)
            implements Loader {
        @Override
        public long bytes(ModelFiles files) throws IOException {
            return generator.bytes(files, use.settings());
        }

        @Override
        public LoadedModel load(ModelFiles files) throws IOException {
            return new LoadedModel.Generator(server.load(files, use.settings()));
        }
    }
}
