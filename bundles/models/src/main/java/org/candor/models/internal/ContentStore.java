package org.candor.models.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import org.candor.api.model.ModelFormatException;

/**
 * Files by the SHA-256 of their content. A file is written under a hidden name, checked, forced to the disk and then
 * renamed, so that a name always stands for whole and right content. Thread safe as long as one process uses the folder.
 */
final class ContentStore {

    private static final int BUFFER = 1 << 20;

    private final Path folder;

    ContentStore(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, ".new-*")) {
            for (Path leftover : leftovers) {
                Files.delete(leftover);
            }
        }
    }

    /**
     * The file with this content, copied from the pack where it is not here yet. The content is checked either way.
     *
     * @throws ModelFormatException when the pack's file has another content than its card says
     */
    Path put(ModelPack pack, String name, ModelCard.FileDigest expected) throws IOException {
        Path path = folder.resolve(expected.sha256());
        if (Files.isRegularFile(path)) {
            if (Files.size(path) == expected.bytes() && digest(path).equals(expected.sha256())) {
                return path;
            }
            Files.delete(path); // damaged on disk: take it from the pack again
        }
        Path temporary = Files.createTempFile(folder, ".new-", null);
        try {
            String found = copy(pack, name, expected, temporary);
            if (!found.equals(expected.sha256())) {
                throw new ModelFormatException(pack.location() + ": " + name + " has SHA-256 " + found
                        + ", but card.json says " + expected.sha256());
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return path;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Deletes every file but these. */
    void keep(Set<String> digests) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".new-") && !digests.contains(name)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static String copy(ModelPack pack, String name, ModelCard.FileDigest expected, Path target)
            throws IOException {
        MessageDigest digest = ModelCard.sha256();
        byte[] buffer = new byte[BUFFER];
        long bytes = 0;
        try (InputStream in = pack.open(name);
                FileChannel out = FileChannel.open(target, StandardOpenOption.WRITE)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes += n;
                if (bytes > expected.bytes()) {
                    throw new ModelFormatException(pack.location() + ": " + name + " is longer than the "
                            + expected.bytes() + " bytes of card.json");
                }
                digest.update(buffer, 0, n);
                ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, n);
                while (chunk.hasRemaining()) {
                    out.write(chunk);
                }
            }
            out.force(true);
        }
        if (bytes < expected.bytes()) {
            throw new ModelFormatException(pack.location() + ": " + name + " ends after " + bytes + " of the "
                    + expected.bytes() + " bytes of card.json");
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String digest(Path path) throws IOException {
        MessageDigest digest = ModelCard.sha256();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (ReadableByteChannel in = Channels.newChannel(Files.newInputStream(path))) {
            while (in.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
