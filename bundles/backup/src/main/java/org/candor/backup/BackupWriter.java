package org.candor.backup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes an archive. It grows under a hidden name and gets its own when it is whole and forced to the disk; closing before
 * that leaves nothing behind.
 */
public final class BackupWriter implements AutoCloseable {

    private final Path file;
    private final Path draft;
    private final FileChannel channel;
    private final ZipOutputStream zip;
    private final List<Manifest.FileEntry> files = new ArrayList<>();

    /**
     * @param file the archive, must not exist
     * @throws IOException when it exists or its folder cannot be written to
     */
    public BackupWriter(Path file) throws IOException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file + " exists already");
        }
        this.file = file;
        this.draft = file.resolveSibling("." + file.getFileName() + ".draft");
        Files.deleteIfExists(draft);
        this.channel = FileChannel.open(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        this.zip = new ZipOutputStream(out);
    }

    /**
     * Adds one file.
     *
     * @param path below the home, with {@code /}
     */
    public void add(String path, Path source) throws IOException {
        Manifest.plain(path);
        MessageDigest sha256 = sha256();
        zip.putNextEntry(new ZipEntry(Manifest.PREFIX + path));
        long bytes;
        try (InputStream in = new DigestInputStream(Files.newInputStream(source), sha256)) {
            bytes = in.transferTo(zip);
        }
        zip.closeEntry();
        files.add(new Manifest.FileEntry(path, bytes, HexFormat.of().formatHex(sha256.digest())));
    }

    /** Adds every regular file below a folder, which stands for the home; links are left out. */
    public void addAll(Path home) throws IOException {
        List<Path> sources;
        try (Stream<Path> all = Files.walk(home)) {
            sources = all.filter(path -> Files.isRegularFile(path, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        for (Path source : sources) {
            add(home.relativize(source).toString(), source);
        }
    }

    /** Files added so far. */
    public int count() {
        return files.size();
    }

    /**
     * Ends the archive and gives it its name.
     *
     * @return {@code sha256:} and the archive's digest
     */
    public String finish(Instant created, String version, List<String> parts, Manifest.Log log) throws IOException {
        zip.putNextEntry(new ZipEntry(Manifest.NAME));
        zip.write(new Manifest(created, version, parts, log, files).json());
        zip.closeEntry();
        zip.finish();
        zip.flush();
        channel.force(true);
        zip.close();
        String digest = digest(draft);
        // Without REPLACE_EXISTING two backups of one name cannot take each other's place.
        Files.createLink(file, draft);
        Files.delete(draft);
        try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
        return digest;
    }

    /** {@code sha256:} and the digest of a file. */
    static String digest(Path file) throws IOException {
        MessageDigest sha256 = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return "sha256:" + HexFormat.of().formatHex(sha256.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    /** Gives an unfinished archive up. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
