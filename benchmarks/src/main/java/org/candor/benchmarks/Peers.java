package org.candor.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Peers written for Python, in a virtual environment of the benchmarks' own (or in that of {@code CANDOR_PEERS}). */
final class Peers {

    /**
     * What GCC 12 needs to compile llama.cpp for AMX: it takes the shapes of the tiles for unused otherwise, since
     * {@code _tile_loadconfig} tells it of their first 8 bytes only, and the first tile ends the process.
     */
    private static final String KEEP_STORES = "-fno-tree-dse -fno-dse";

    private Peers() {}

    private static Path environment() {
        String elsewhere = System.getenv("CANDOR_PEERS");
        return elsewhere == null
                ? Path.of(System.getProperty("candor.root", "."), "benchmarks", "target", "peers")
                : Path.of(elsewhere);
    }

    static Path python() {
        return environment().resolve("bin").resolve("python");
    }

    /** Whether a module of Python was installed. */
    static boolean has(String module) throws IOException {
        return Files.exists(python()) && run(python().toString(), "-c", "import " + module) == 0;
    }

    /**
     * Installs what is missing.
     *
     * @param module that the packages bring
     * @param packages arguments of {@code pip install}
     */
    static void install(String module, String... packages) throws IOException {
        if (has(module)) {
            return;
        }
        System.err.println("installing " + String.join(" ", packages) + " into " + environment());
        List<String> command = Stream.concat(
                        Stream.of(python().toString(), "-m", "pip", "install", "-q"), Stream.of(packages))
                .toList();
        if (!Files.exists(python())
                        && run("python3", "-m", "venv", environment().toString()) != 0
                || run(command.toArray(String[]::new)) != 0) {
            throw new IllegalStateException(module + " could not be installed; the messages above say why");
        }
    }

    /** Runs a script of this bundle's resources to its end. */
    static void script(String name, String... arguments) throws IOException {
        Path script = copy(name);
        try {
            String[] command = Stream.concat(Stream.of(python().toString(), script.toString()), Stream.of(arguments))
                    .toArray(String[]::new);
            if (run(command) != 0) {
                throw new IllegalStateException(name + " failed; the messages above say why");
            }
        } finally {
            Files.delete(script);
        }
    }

    /** A script of the resources as a file, which the caller deletes. */
    static Path copy(String name) throws IOException {
        Path script = Files.createTempFile("peer", ".py");
        try (InputStream in = Peers.class.getResourceAsStream("/" + name)) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        return script;
    }

    private static int run(String... command) throws IOException {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(Map.of("CFLAGS", KEEP_STORES, "CXXFLAGS", KEEP_STORES));
            return builder.start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
