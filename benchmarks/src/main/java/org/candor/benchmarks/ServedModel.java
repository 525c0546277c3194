package org.candor.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelId;
import org.candor.benchmarks.load.RandomLlama;

/**
 * A model of random weights on a server of the benchmark's own.
 *
 * @param folder of its files
 * @param weights how they are held
 * @param vocabulary its tokens
 */
record ServedModel(Path folder, WeightType weights, int vocabulary) {

    static final String NAME = "random";
    private static final String VERSION = "1.0.0";
    private static final int MOST_TRIES = 60;

    /** Writes a Llama of 30 million parameters, with the tokenizer of stories-tiny. */
    static ServedModel of30Million(Path folder) throws IOException {
        Path tokenizer = Path.of(System.getProperty("candor.root"), "packs/stories-tiny/src/main/model/tokenizer.json");
        RandomLlama.of30Million().write(folder, tokenizer);
        return new ServedModel(folder, WeightType.F32, 512);
    }

    /** Writes a model of a real one's shape, without a tokenizer. */
    static ServedModel of(RandomModel shape, RandomModel.Storage storage, Path folder) throws IOException {
        Files.createDirectories(folder);
        shape.write(folder.resolve("model.gguf"), storage);
        return new ServedModel(folder, WeightType.STORED, shape.vocabulary());
    }

    /** Its files, for an engine of the benchmark's own. */
    ModelFiles files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            Map<String, Path> byName =
                    files.collect(Collectors.toMap(file -> file.getFileName().toString(), file -> file));
            return new ModelFiles(new ModelId(NAME, VERSION, "sha256:" + "0".repeat(64)), byName);
        }
    }

    /** Has a server that runs serve it. */
    void serve(OwnServer server) throws IOException, InterruptedException {
        Files.writeString(
                server.home().resolve("etc/org.candor.models.cfg"),
                "\nunsigned = " + NAME + ":" + VERSION + "\n",
                StandardOpenOption.APPEND);
        String order =
                "{\"folder\":\"%s\",\"name\":\"%s\",\"version\":\"%s\",\"weights\":\"%s\",\"reason\":\"benchmark\"}"
                        .formatted(folder, NAME, VERSION, weights.name().toLowerCase(Locale.ROOT));
        // Until the server has seen its configuration.
        for (int i = 0; server.send("POST", "/admin/models/install", order).statusCode() / 100 != 2; i++) {
            if (i == MOST_TRIES) {
                throw new IOException("the server does not take " + folder + "; see "
                        + server.home().resolve("logs"));
            }
            Thread.sleep(1_000);
        }
        server.json(
                "POST",
                "/admin/models/activate",
                "{\"model\":\"%s\",\"version\":\"%s\",\"reason\":\"benchmark\"}".formatted(NAME, VERSION));
    }

    /** Keys of one tenant, of which each may have 16 streams. */
    static List<String> keys(OwnServer server, int count) throws IOException, InterruptedException {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(server.key("streams-" + i, "viewer", "readers"));
        }
        return keys;
    }
}
