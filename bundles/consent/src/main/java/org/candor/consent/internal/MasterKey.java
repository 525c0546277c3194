package org.candor.consent.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;

/** The file {@code master.key}: 32 random bytes that only the server's user can read. */
final class MasterKey {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    private MasterKey() {}

    /**
     * Reads the key, or makes it on the first start.
     *
     * @param mayMake false when something is wrapped already: a new key would open none of it
     */
    static byte[] read(Path file, boolean mayMake, SecureRandom random) throws IOException {
        if (!Files.exists(file)) {
            if (!mayMake) {
                throw new IOException("The file " + file
                        + " is missing, and there are subject keys that only it opens: restore it from the backup.");
            }
            make(file, random);
        }
        Set<PosixFilePermission> extra = EnumSet.noneOf(PosixFilePermission.class);
        extra.addAll(Files.getPosixFilePermissions(file));
        extra.removeAll(OWNER);
        if (!extra.isEmpty()) {
            throw new IOException("The file " + file + " is open to others (" + extra + "): chmod 600 " + file);
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != KeyWrap.KEY_BYTES) {
            throw new IOException("The file " + file + " has " + key.length + " bytes instead of " + KeyWrap.KEY_BYTES
                    + ": restore it from the backup.");
        }
        return key;
    }

    private static void make(Path file, SecureRandom random) throws IOException {
        byte[] key = new byte[KeyWrap.KEY_BYTES];
        random.nextBytes(key);
        writeDurably(file, key);
    }

    /** Writes a new file that is there as a whole or not at all, readable by its owner only. */
    static void writeDurably(Path file, byte[] content) throws IOException {
        Path hidden = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(hidden);
        try (FileChannel channel = FileChannel.open(
                hidden,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OWNER))) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
        ConsentFolder.force(file.getParent());
    }
}
