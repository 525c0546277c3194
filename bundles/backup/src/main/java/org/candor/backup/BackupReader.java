package org.candor.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Checks and unpacks an archive. */
public final class BackupReader implements AutoCloseable {

    private static final int MOST_MANIFEST_BYTES = 64 << 20;
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    private final Path file;
    private final ZipFile zip;
    private final Manifest manifest;

    /**
     * Opens an archive; its manifest is read, its files are not.
     *
     * @throws IOException when it is none, or of another format, saying why
     */
    public BackupReader(Path file) throws IOException {
        this.file = file;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            throw new IOException(file + " is no backup, or was cut off: " + e.getMessage(), e);
        }
        boolean opened = false;
        try {
            manifest = manifest();
            opened = true;
        } catch (IOException e) {
            throw new IOException(file + " cannot be restored: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                zip.close();
            }
        }
    }

    /** What the archive says of itself. */
    public Manifest contents() {
        return manifest;
    }

    private Manifest manifest() throws IOException {
        ZipEntry entry = zip.getEntry(Manifest.NAME);
        if (entry == null) {
            throw new IOException("it holds no " + Manifest.NAME + ", so it is no backup of a Candor server");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] json = in.readNBytes(MOST_MANIFEST_BYTES);
            if (in.read() >= 0) {
                throw new IOException("its manifest has more than " + MOST_MANIFEST_BYTES + " bytes");
            }
            return Manifest.parse(json);
        }
    }

    /**
     * Reads every file once: all are there, none is there that is not listed, every length and digest is right.
     *
     * @throws IOException naming the first that is not
     */
    public void verify() throws IOException {
        each((entry, in) -> in.transferTo(OutputStream.nullOutputStream()));
    }

    /**
     * Unpacks all files, checked as by {@link #verify()} on the way.
     *
     * @param home an existing empty folder
     * @throws IOException when something is wrong; what was unpacked so far is not to be used
     */
    public void unpack(Path home) throws IOException {
        each((entry, in) -> {
            Path target = home.resolve(entry.path());
            createFolders(home, target.getParent());
            try (FileChannel channel = FileChannel.open(
                            target,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(FILE));
                    OutputStream out = Channels.newOutputStream(channel)) {
                long bytes = in.transferTo(out);
                channel.force(true);
                return bytes;
            }
        });
    }

    private static void createFolders(Path home, Path folder) throws IOException {
        if (!folder.equals(home) && !Files.isDirectory(folder)) {
            createFolders(home, folder.getParent());
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        }
    }

    private interface Sink {
        long take(Manifest.FileEntry entry, InputStream in) throws IOException;
    }

    private void each(Sink sink) throws IOException {
        Map<String, Manifest.FileEntry> listed = new HashMap<>();
        manifest.files().forEach(entry -> listed.put(Manifest.PREFIX + entry.path(), entry));
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry packed = entries.nextElement();
            if (packed.getName().equals(Manifest.NAME)) {
                continue;
            }
            Manifest.FileEntry entry = listed.remove(packed.getName());
            if (entry == null) {
                throw new IOException(file + " holds " + packed.getName() + ", which its manifest does not list once");
            }
            MessageDigest sha256 = BackupWriter.sha256();
            long bytes;
            try (InputStream in = new DigestInputStream(zip.getInputStream(packed), sha256)) {
                bytes = sink.take(entry, in);
            } catch (ZipException e) {
                throw new IOException(file + " is damaged at " + entry.path() + ": " + e.getMessage(), e);
            }
            if (bytes != entry.bytes()
                    || !HexFormat.of().formatHex(sha256.digest()).equals(entry.sha256())) {
                throw new IOException(file + " is damaged: " + entry.path() + " is not what its manifest says");
            }
        }
        if (!listed.isEmpty()) {
            throw new IOException(
                    file + " lacks " + listed.values().iterator().next().path() + ", which its manifest lists");
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
