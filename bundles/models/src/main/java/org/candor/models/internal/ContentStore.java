package org.candor.models.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.candor.api.model.ModelFormatException;

/**
 * Files by the SHA-256 of their content, up to a limit. A file is written under a hidden name, checked, forced to the disk
 * and then renamed, so that a name always stands for whole and right content. Thread safe as long as one process uses the
 * folder.
 */
final class ContentStore {

    private static final int BUFFER = 1 << 20;

    private final Path folder;
    private volatile long limit;
    /** Read by who needs files to stay, written by who deletes. */
    private final ReadWriteLock files = new ReentrantReadWriteLock();
    /** One copy at a time, so that two together cannot exceed the limit. */
    private final Object copying = new Object();

    /** @param limit most bytes of all files */
    ContentStore(Path folder, long limit) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.limit = limit;
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, ".new-*")) {
            for (Path leftover : leftovers) {
                Files.delete(leftover);
            }
        }
    }

    void limit(long bytes) {
        limit = bytes;
    }

    long limit() {
        return limit;
    }

    /** Bytes that the disk has left for the store. */
    long free() {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return 0;
        }
    }

    /** While held, no file is deleted. */
    Lock stay() {
        return files.readLock();
    }

    /** Sizes by digest. */
    Map<String, Long> sizes() throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                try {
                    sizes.put(file.getFileName().toString(), Files.size(file));
                } catch (NoSuchFileException e) {
                    // deleted since it was listed
                }
            }
        }
        return sizes;
    }

    /**
     * Makes sure that there is room for what is missing of these files.
     *
     * @param content says what fills the store, for the message
     * @throws ModelFormatException when there is none, with what to do
     */
    void admit(String location, Collection<ModelCard.FileDigest> wanted, Supplier<String> content) throws IOException {
        Map<String, Long> present = sizes();
        long used = present.values().stream().mapToLong(Long::longValue).sum();
        long missing = wanted.stream()
                .filter(file -> !present.containsKey(file.sha256()))
                .distinct()
                .mapToLong(ModelCard.FileDigest::bytes)
                .sum();
        if (missing > 0 && used + missing > limit) {
            throw new ModelFormatException(location + ": the weight store has no room: " + Sizes.of(missing)
                    + " are needed, " + Sizes.of(Math.max(0, limit - used)) + " of storeBytes " + Sizes.of(limit)
                    + " are left. It holds " + content.get() + ". Remove a revision or raise storeBytes");
        }
        if (missing > free()) {
            throw new ModelFormatException(location + ": the disk of the weight store has no room: " + Sizes.of(missing)
                    + " are needed, " + Sizes.of(free()) + " are left. The store holds " + content.get());
        }
    }

    /**
     * The file with this content, copied from the pack where it is not here yet. The content is checked either way.
     *
     * @throws ModelFormatException when the pack's file has another content than its card says
     */
    Path put(ModelPack pack, String name, ModelCard.FileDigest expected) throws IOException {
        Path path = folder.resolve(expected.sha256());
        if (right(path, expected)) {
            return path;
        }
        synchronized (copying) {
            if (right(path, expected)) {
                return path;
            }
            Files.deleteIfExists(path); // damaged on disk: take it from the pack again
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
    }

    /** Whether a file has this content. */
    static boolean right(Path path, ModelCard.FileDigest expected) throws IOException {
        return Files.isRegularFile(path)
                && Files.size(path) == expected.bytes()
                && digest(path).equals(expected.sha256());
    }

    /** The path of a content that is here, checked, or null. */
    Path find(ModelCard.FileDigest expected) throws IOException {
        Path path = folder.resolve(expected.sha256());
        return right(path, expected) ? path : null;
    }

    /**
     * Deletes every file but these.
     *
     * @param digests asked when nothing is being loaded
     * @return bytes that were freed
     */
    long keep(Supplier<Set<String>> digests) throws IOException {
        files.writeLock().lock();
        try {
            Set<String> kept = digests.get();
            long freed = 0;
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
                for (Path file : all) {
                    String name = file.getFileName().toString();
                    if (!name.startsWith(".new-") && !kept.contains(name)) {
                        freed += Files.size(file);
                        Files.delete(file);
                    }
                }
            }
            return freed;
        } finally {
            files.writeLock().unlock();
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

    /** SHA-256 of a file, in hexadecimal. */
    static String digest(Path path) throws IOException {
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
