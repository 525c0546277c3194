package org.candor.governor.internal;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * The files of the server's home that nobody copies for us: configuration, credentials, the record of activations, dropped
 * packs. Each is replaced as a whole by who writes it, so each can be copied by itself.
 */
final class HomeFiles {

    /** What a start makes again, what is no state, and the weight store, which packs fill again. */
    private static final Set<Path> LEFT_OUT = Set.of(
            Path.of("runtime"),
            Path.of("karaf"),
            Path.of("logs"),
            Path.of("start.lock"),
            Path.of("candor.pid"),
            Path.of("lock"),
            Path.of("restore"),
            Path.of("replaced"),
            Path.of("deploy/models"),
            Path.of("models/store"));

    private final Path home;
    private final Set<String> parts;

    /** @param parts folders that have an owner who copies them */
    HomeFiles(Path home, Set<String> parts) {
        this.home = home;
        this.parts = parts;
    }

    void copy(Path to) throws IOException {
        Files.walkFileTree(home, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                Path name = home.relativize(folder);
                return LEFT_OUT.contains(name) || parts.contains(name.toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path name = home.relativize(file);
                if (attributes.isRegularFile()
                        && !LEFT_OUT.contains(name)
                        && !name.getFileName().toString().startsWith(".")) {
                    Path copy = to.resolve(name.toString());
                    Files.createDirectories(copy.getParent());
                    try {
                        Files.copy(file, copy);
                    } catch (NoSuchFileException e) {
                        // Deleted since the folder was read: then it is no state any more.
                        return FileVisitResult.CONTINUE;
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
