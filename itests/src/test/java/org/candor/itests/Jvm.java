package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is in the memory of a server, as the JDK's jcmd shows it. */
final class Jvm {

    /** A line of VM.classloaders: the branches of the tree, and a loader or a class behind them. */
    private static final Pattern LOADER = Pattern.compile("[ |]*\\+--.*");

    private static final Pattern CLASS = Pattern.compile("[ |]*(?:Classes: )? *([a-z][\\w.]*)\\.[A-Z][\\w$]*");

    private Jvm() {}

    /** Live instances of a class, after a full collection. */
    static long instances(Server server, String name) throws IOException, InterruptedException {
        return jcmd(server, "GC.class_histogram")
                .map(line -> line.strip().split("\\s+"))
                .filter(parts -> parts.length >= 4 && parts[3].equals(name))
                .mapToLong(parts -> Long.parseLong(parts[1]))
                .findFirst()
                .orElse(0);
    }

    /** A full collection, which also unloads the classes that nobody can reach any more. */
    static void collect(Server server) throws IOException, InterruptedException {
        jcmd(server, "GC.run");
    }

    /** The packages of the classes that each class loader has defined. */
    static List<Set<String>> packagesByLoader(Server server) throws IOException, InterruptedException {
        List<Set<String>> loaders = new ArrayList<>();
        loaders.add(new HashSet<>());
        jcmd(server, "VM.classloaders", "show-classes=true", "fold=false").forEach(line -> {
            Matcher loaded = CLASS.matcher(line);
            if (LOADER.matcher(line).matches()) {
                loaders.add(new HashSet<>());
            } else if (loaded.matches()) {
                loaders.getLast().add(loaded.group(1));
            }
        });
        return loaders;
    }

    private static Stream<String> jcmd(Server server, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(server.process().pid())));
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.lines();
    }
}
