package org.candor.console.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The console's files as they lie in the source tree. */
final class WebFiles {

    static final Path FOLDER = Path.of("src/main/resources/web").toAbsolutePath();

    private WebFiles() {}

    static Map<String, byte[]> read() {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(FOLDER.relativize(file).toString(), Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the console's files cannot be read", e);
        }
        return contents;
    }
}
