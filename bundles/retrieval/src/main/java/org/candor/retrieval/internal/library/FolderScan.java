package org.candor.retrieval.internal.library;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.candor.retrieval.internal.text.Extractor;

/**
 * The files of a folder that may become documents, and what is wrong with the others. Hidden files and folders are left
 * out. A link to a file counts when it stays inside the folder; links to folders are not followed.
 */
final class FolderScan {
    private static final int MOST_DEPTH = 64;
    private static final int MOST_FILES = 1_000_000;

    /**
     * A file.
     *
     * @param document path relative to the folder, with {@code /}
     * @param path where it is
     * @param size bytes
     * @param modified milliseconds
     */
    record Found(String document, Path path, long size, long modified) {}

    private final Path root;
    private final List<Found> files = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private FolderScan(Path root) {
        this.root = root;
    }

    /** @throws IOException when the folder itself cannot be read */
    static FolderScan of(Path folder) throws IOException {
        FolderScan scan = new FolderScan(folder.toRealPath());
        Files.walkFileTree(scan.root, EnumSet.noneOf(java.nio.file.FileVisitOption.class), MOST_DEPTH, scan.visitor());
        scan.files.sort(java.util.Comparator.comparing(Found::document));
        return scan;
    }

    List<Found> files() {
        return files;
    }

    List<String> problems() {
        return problems;
    }

    private SimpleFileVisitor<Path> visitor() {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                boolean hidden =
                        !folder.equals(root) && folder.getFileName().toString().startsWith(".");
                return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.getFileName().toString().startsWith(".")) {
                    take(file, attributes);
                }
                return files.size() < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                problems.add(name(file) + ": cannot be read: " + e);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException e) {
                if (e != null) {
                    problems.add(name(folder) + ": cannot be listed to its end: " + e);
                }
                return FileVisitResult.CONTINUE;
            }
        };
    }

    private void take(Path file, BasicFileAttributes attributes) throws IOException {
        String document = name(file);
        Path target = file;
        BasicFileAttributes about = attributes;
        if (attributes.isSymbolicLink()) {
            try {
                target = file.toRealPath();
                about = Files.readAttributes(target, BasicFileAttributes.class);
            } catch (IOException e) {
                problems.add(document + ": the link leads nowhere");
                return;
            }
            if (about.isDirectory()) {
                problems.add(document + ": links to folders are not followed");
                return;
            }
            if (!target.startsWith(root)) {
                problems.add(document + ": the link leads out of the library");
                return;
            }
        }
        if (about.isRegularFile() && Extractor.supports(document)) {
            files.add(new Found(
                    document, target, about.size(), about.lastModifiedTime().toMillis()));
        }
    }

    private String name(Path path) {
        return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
    }
}
