package org.candor.transparency.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.proof.MerkleTree;
import org.candor.proof.TilePath;

/**
 * Tiles and entry bundles on disk, in the layout of c2sp.org/tlog-tiles, so that the folder can be served as it is. A file
 * appears whole or not at all. One thread writes; any number read.
 */
final class TileFiles {

    private static final int CACHED = 64;

    private final Path folder;
    private final Disk disk;
    private final Map<String, byte[]> cache = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
            return size() > CACHED;
        }
    };
    /** Written since the last {@link #force}. */
    private final Set<Path> unforced = new LinkedHashSet<>();

    TileFiles(Path folder, Disk disk) {
        this.folder = folder;
        this.disk = disk;
    }

    /**
     * Writes a tile unless it is there already with this content: a durable one is never replaced by one that is not yet
     * durable. {@link #force()} covers it in both cases.
     */
    void writeTile(TilePath tile, byte[] content) throws IOException {
        if (Arrays.equals(content, read(tile.toString()))) {
            unforced.add(folder.resolve(tile.toString()));
        } else {
            write(tile.toString(), content);
        }
    }

    /** Writes a file under a temporary name and renames it. */
    void write(String name, byte[] content) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Path temporary = path.resolveSibling("." + path.getFileName() + ".new");
        try (FileChannel file = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            disk.write(temporary, file, ByteBuffer.wrap(content), 0);
        }
        disk.rename(temporary, path);
        unforced.add(path);
        synchronized (cache) {
            cache.remove(name);
        }
    }

    /** Removes the partial forms of a tile that was written in full. They may be all that is durable: so it is forced first. */
    void removePartials(TilePath full) throws IOException {
        Path partials = folder.resolve(full + ".p");
        if (!Files.isDirectory(partials)) {
            return;
        }
        force(List.of(folder.resolve(full.toString())));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(partials)) {
            for (Path file : files) {
                Files.delete(file);
                unforced.remove(file);
            }
        }
        Files.delete(partials);
    }

    /** Returns when everything written so far has reached the medium, names included. */
    void force() throws IOException {
        force(List.copyOf(unforced));
    }

    private void force(List<Path> paths) throws IOException {
        Set<Path> folders = new LinkedHashSet<>();
        for (Path path : paths) {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
                disk.force(path, file, true);
            }
            for (Path parent = path.getParent(); parent.startsWith(folder); parent = parent.getParent()) {
                folders.add(parent);
            }
        }
        for (Path parent : folders) {
            try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
                disk.force(parent, directory, true);
            }
        }
        paths.forEach(unforced::remove);
    }

    /** Content of a file below the folder, or null. */
    byte[] read(String name) throws IOException {
        synchronized (cache) {
            byte[] cached = cache.get(name);
            if (cached != null) {
                return cached;
            }
        }
        byte[] content;
        try {
            content = Files.readAllBytes(folder.resolve(name));
        } catch (NoSuchFileException e) {
            return null;
        }
        if (name.startsWith("tile/") && !name.contains(".p/")) {
            synchronized (cache) {
                cache.put(name, content); // full tiles never change
            }
        }
        return content;
    }

    /**
     * The first hashes of a tile, from the full one or any partial one that is wide enough.
     *
     * @return width * 32 bytes
     * @throws IOException when there is none
     */
    byte[] hashes(int level, long index, int width) throws IOException {
        byte[] tile = atLeast(level, index, width);
        if (tile == null || tile.length < width * MerkleTree.HASH_BYTES) {
            throw new IOException("the log has lost " + folder.resolve(new TilePath(level, index, width).toString())
                    + ": restore the folder from a backup");
        }
        return Arrays.copyOf(tile, width * MerkleTree.HASH_BYTES);
    }

    /**
     * The first entries of a bundle.
     *
     * @throws IOException when there are not as many
     */
    List<byte[]> entries(long index, int width) throws IOException {
        byte[] bundle = atLeast(TilePath.ENTRIES, index, width);
        return entries(bundle, index, width);
    }

    private List<byte[]> entries(byte[] bundle, long index, int width) throws IOException {
        List<byte[]> entries = new ArrayList<>(width);
        ByteBuffer bytes = ByteBuffer.wrap(bundle == null ? new byte[0] : bundle);
        while (entries.size() < width) {
            int length = bytes.remaining() < 2 ? Integer.MAX_VALUE : bytes.getShort() & 0xffff;
            if (length > bytes.remaining()) {
                throw new IOException("the log has lost "
                        + folder.resolve(new TilePath(TilePath.ENTRIES, index, width).toString())
                        + ": restore the folder from a backup");
            }
            byte[] entry = new byte[length];
            bytes.get(entry);
            entries.add(entry);
        }
        return entries;
    }

    /**
     * What the journal's oldest segment continues: the right edge of a tree whose tiles were made durable. A partial tile
     * of exactly this width goes before the full one, which may have been written later, and not have reached the disk.
     *
     * @throws IOException when it is not there
     */
    byte[] edge(int level, long index, int width) throws IOException {
        byte[] exact = read(new TilePath(level, index, width).toString());
        return exact != null && exact.length == width * MerkleTree.HASH_BYTES ? exact : hashes(level, index, width);
    }

    /** The entries of such an edge. */
    List<byte[]> edgeEntries(long index, int width) throws IOException {
        byte[] exact = read(new TilePath(TilePath.ENTRIES, index, width).toString());
        return exact != null ? entries(exact, index, width) : entries(index, width);
    }

    private byte[] atLeast(int level, long index, int width) throws IOException {
        byte[] full = read(new TilePath(level, index, TilePath.WIDTH).toString());
        for (int w = width; full == null && w < TilePath.WIDTH; w++) {
            full = read(new TilePath(level, index, w).toString());
        }
        return full;
    }

    /** The bytes of an entry bundle: each entry behind its length, 16 bits big-endian. */
    static byte[] bundle(List<byte[]> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] entry : entries) {
            out.write(entry.length >> 8);
            out.write(entry.length);
            out.writeBytes(entry);
        }
        return out.toByteArray();
    }
}
