package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.generate.TextGenerator;
import org.candor.api.generate.TextGeneratorLoader;
import org.candor.api.model.EmbeddedText;
import org.candor.api.model.Generator;
import org.candor.api.model.GeneratorLoader;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFiles;

/** Loads models of the family {@code writing}; a GGUF file is one whose text is the name of its family. */
final class FakeGenerators implements GeneratorLoader, TextGeneratorLoader {

    static final String FAMILY = "writing";
    static final int POSITIONS = 20_000;

    final AtomicInteger open = new AtomicInteger();
    /** What the last model was loaded with. */
    GeneratorSettings settings;

    ModelFiles files;
    /** Of the models that are loaded from now on. */
    int off;

    double less;
    int positions = POSITIONS;

    @Override
    public Set<String> generates() {
        return Set.of(FAMILY);
    }

    @Override
    public TextGenerator load(ModelFiles wanted, GeneratorSettings how) {
        settings = how;
        files = wanted;
        FakeGenerator generator = new FakeGenerator(
                open, wanted.files().containsKey("tokenizer.json"), how.maxTokens() == 0 ? positions : how.maxTokens());
        generator.off = off;
        generator.less = less;
        return generator;
    }

    @Override
    public Generator loadGenerator(ModelFiles wanted, GeneratorSettings how) {
        throw new UnsupportedOperationException("whoever serves texts loads it");
    }

    /** A byte for each token of the cache in binary32. */
    @Override
    public long bytes(ModelFiles wanted, GeneratorSettings how) {
        return (long) how.cacheTokens() * how.cache().element().bytes() / Float.BYTES;
    }

    @Override
    public EmbeddedText embeddedText(ModelFiles wanted) throws IOException {
        for (Map.Entry<String, Path> file : wanted.files().entrySet()) {
            if (file.getKey().endsWith(".gguf")) {
                return new EmbeddedText(Files.readString(file.getValue()), null, Map.of(), Map.of());
            }
        }
        return null;
    }
}
