package org.candor.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The peer: llama.cpp in a process of its own, by PyPI's llama-cpp-python, compiled on this machine from its source
 * distribution into the benchmarks' virtual environment.
 */
final class LlamaCpp implements AutoCloseable {

    private static final int POSITIONS = 1_024;
    private static final String MODULE = "llama_cpp";
    private static final String PACKAGE = "llama-cpp-python";
    private static final String VERSION = PACKAGE + "==0.3.36";

    private final Process process;
    private final PrintStream to;
    private final BufferedReader from;
    private final Path script;

    /** Loads a model that reads so many texts together. */
    LlamaCpp(Path model, int threads, int streams) throws IOException {
        script = Peers.copy("llama_peer.py");
        process = new ProcessBuilder(
                        Peers.python().toString(),
                        script.toString(),
                        model.toString(),
                        Integer.toString(threads),
                        Integer.toString(POSITIONS),
                        Integer.toString(streams))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        to = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
        from = process.inputReader(StandardCharsets.UTF_8);
        System.err.println("llama.cpp: " + line());
    }

    /** Whether it was installed. */
    static boolean installed() throws IOException {
        return Peers.has(MODULE);
    }

    /** Compiles it for this processor unless it was, which takes a C++ compiler and some ten minutes. */
    static void install() throws IOException {
        Peers.install(MODULE, "--no-binary", PACKAGE, VERSION);
    }

    /** Seconds to read a text of so many tokens and score its last. */
    double prefill(int tokens) throws IOException {
        to.println("prefill " + tokens);
        return Double.parseDouble(line());
    }

    /** Seconds to read so many tokens one after the other, behind a text, in each of so many streams together. */
    double decode(int context, int tokens, int streams) throws IOException {
        to.println("decode " + context + " " + tokens + " " + streams);
        return Double.parseDouble(line());
    }

    private String line() throws IOException {
        String line = from.readLine();
        if (line == null) {
            throw new IOException(
                    "llama.cpp ended: " + List.of(process.info().commandLine().orElse("")));
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        to.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.delete(script);
    }
}
