package org.candor.consent.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.osgi.framework.BundleContext;

/** The folder {@code consent} of the home folder, open to its owner only. */
final class ConsentFolder {
    private static final String HOME = "candor.home";

    private ConsentFolder() {}

    static Path of(BundleContext context) {
        String home = context.getProperty(HOME);
        if (home == null || home.isBlank()) {
            throw new IllegalArgumentException(
                    "The framework property " + HOME + " is not set: it names the folder of the server's state.");
        }
        return Path.of(home, "consent");
    }

    /** Makes the folder where it is missing. */
    static Path create(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " cannot be made or closed to others.", e);
        }
    }

    /** Forces the names in the folder to the disk, so that a file made or removed in it stays so. */
    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
