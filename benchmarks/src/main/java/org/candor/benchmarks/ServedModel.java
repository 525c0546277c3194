package org.candor.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.candor.benchmarks.load.RandomLlama;

/** The Llama of random weights on a server of the benchmark's own. */
final class ServedModel {

    static final String NAME = "random";
    private static final String VERSION = "1.0.0";
    private static final int MOST_TRIES = 60;

    private ServedModel() {}

    /** Writes its files. */
    static Path write(Path folder) throws IOException {
        Path tokenizer = Path.of(System.getProperty("candor.root"), "packs/stories-tiny/src/main/model/tokenizer.json");
        RandomLlama.of30Million().write(folder, tokenizer);
        return folder;
    }

    /** Has a server that runs serve it, with F32 weights. */
    static void serve(OwnServer server, Path folder) throws IOException, InterruptedException {
        Files.writeString(
                server.home().resolve("etc/org.candor.models.cfg"),
                "\nunsigned = " + NAME + ":" + VERSION + "\n",
                StandardOpenOption.APPEND);
        String order =
                "{\"folder\":\"%s\",\"name\":\"%s\",\"version\":\"%s\",\"weights\":\"f32\",\"reason\":\"benchmark\"}"
                        .formatted(folder, NAME, VERSION);
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
