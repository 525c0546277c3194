package org.candor.transparency.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.candor.proof.InvalidProofException;
import org.candor.proof.SigningKey;

/** A log's folder, held by one process at a time, and its key. */
final class LogFolder implements AutoCloseable {

    private static final String KEY = "key";
    private static final String PUBLIC_KEY = "key.pub";

    private final Path path;
    private final FileChannel lockFile;
    private final SigningKey key;

    /**
     * Opens or makes the folder.
     *
     * @param origin name of a new log; empty for {@code candor.local/} and a random name
     * @throws IOException when another process holds it, or the key cannot be read
     */
    LogFolder(Path path, String origin) throws IOException {
        this.path = Files.createDirectories(path);
        lockFile = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean opened = false;
        try {
            lock();
            key = key(origin).signingBy(LogFolder::sign);
            opened = true;
        } finally {
            if (!opened) {
                lockFile.close();
            }
        }
    }

    private void lock() throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            if (lock == null) {
                throw new IOException("another process holds the log in " + path + ": stop it first");
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException("this process holds the log in " + path + " already", e);
        }
    }

    private SigningKey key(String origin) throws IOException {
        try {
            if (Files.exists(path.resolve(KEY))) {
                SigningKey known = SigningKey.parse(Files.readString(path.resolve(KEY)));
                if (!origin.isEmpty() && !origin.equals(known.verifier().name())) {
                    throw new IOException("the log in " + path + " has the origin "
                            + known.verifier().name() + ", but the configuration says " + origin
                            + ": a log keeps its origin");
                }
                publish(known);
                return known;
            }
            if (Files.exists(path.resolve("checkpoint"))) {
                throw new IOException(
                        "the log in " + path + " has entries but its key is gone: restore " + KEY + " from a backup");
            }
            byte[] random = new byte[6];
            new SecureRandom().nextBytes(random);
            SigningKey fresh = SigningKey.generate(
                    origin.isEmpty() ? "candor.local/" + HexFormat.of().formatHex(random) : origin);
            store(KEY, fresh.secret() + "\n", "rw-------");
            publish(fresh);
            return fresh;
        } catch (InvalidProofException e) {
            throw new IOException("the key of the log in " + path + " cannot be used: " + e.getMessage(), e);
        }
    }

    private void publish(SigningKey known) throws IOException {
        store(PUBLIC_KEY, known.verifier() + "\n", "rw-r--r--");
    }

    private void store(String name, String content, String permissions) throws IOException {
        Path temporary = path.resolve("." + name + ".new");
        Files.deleteIfExists(temporary);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(
                    temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        }
        try (FileChannel file = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(java.nio.ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
            file.force(true);
        }
        Files.move(temporary, path.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Bouncy Castle's Ed25519 takes a tenth of the time of the JDK's, which would be most of an append. */
    private static byte[] sign(byte[] seed, byte[] publicKey, byte[] message) {
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        Ed25519.sign(seed, 0, publicKey, 0, message, 0, message.length, signature, 0);
        return signature;
    }

    Path path() {
        return path;
    }

    SigningKey key() {
        return key;
    }

    /** Lets other processes have the folder. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
