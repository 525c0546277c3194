package org.candor.governor.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.candor.api.configuration.InvalidConfigurationException;

/**
 * Which of the server's own files a request may name. Links are resolved before anything is compared. The server's state
 * is never taken, except the samples that come with it. Immutable, thread safe.
 */
final class ServerFolders {

    private static final long MOST_FILE_BYTES = 32L << 20;

    private final Path home;
    private final List<Path> allowed;

    /**
     * @param home the folder of the server's state, or null
     * @param folders absolute paths, each element one or several separated by commas; none allows every folder
     */
    ServerFolders(String home, String... folders) {
        this.home = home == null ? null : Path.of(home).toAbsolutePath();
        this.allowed = Arrays.stream(folders)
                .flatMap(element -> Arrays.stream(element.split(",")))
                .map(String::strip)
                .filter(folder -> !folder.isEmpty())
                .map(ServerFolders::absolute)
                .toList();
    }

    private static Path absolute(String folder) {
        try {
            Path path = Path.of(folder);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            // Said below, with what is allowed.
        }
        throw new InvalidConfigurationException(GovernedPath.PID, "folders", folder, "absolute paths");
    }

    /**
     * @throws IOException when the folder may not be mirrored, saying why
     */
    void checkLibrary(Path folder) throws IOException {
        Path real = real(folder);
        if (home != null && real(home).startsWith(real)) {
            throw new IOException(folder + " holds the server's own folder; name a folder of documents");
        }
        check(real);
    }

    /**
     * Reads a file.
     *
     * @param name of the document it becomes; the kind of file is not the client's to change
     * @throws IOException when it may not or cannot be taken, saying why
     */
    byte[] read(Path file, String name) throws IOException {
        Path real = file.toRealPath();
        check(real);
        if (!Files.isRegularFile(real)) {
            throw new IOException("it is no regular file");
        }
        String extension = extension(real.getFileName().toString());
        if (extension.isEmpty() || !extension.equals(extension(name))) {
            throw new IOException("its name and the document's must end in the same extension");
        }
        if (Files.size(real) > MOST_FILE_BYTES) {
            throw new IOException("it is larger than " + MOST_FILE_BYTES + " bytes");
        }
        return Files.readAllBytes(real);
    }

    private void check(Path real) throws IOException {
        if (home != null) {
            Path own = real(home);
            if (real.startsWith(own) && !real.startsWith(own.resolve("runtime").resolve("samples"))) {
                throw new IOException("it lies in the server's own folder");
            }
        }
        if (allowed.isEmpty()) {
            return;
        }
        for (Path folder : allowed) {
            if (real.startsWith(real(folder))) {
                return;
            }
        }
        throw new IOException("it lies outside the folders that org.candor.governor allows");
    }

    /** What does not exist has no links in it; whoever opens it says that it is missing. */
    private static Path real(Path path) throws IOException {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException e) {
            return path.toAbsolutePath().normalize();
        }
    }

    private static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= name.lastIndexOf('/') + 1 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
