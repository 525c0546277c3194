package org.candor.policy.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.candor.api.policy.PolicyId;

/**
 * Copies of packs that were activated, by digest. A policy in force must not vanish with its bundle: without a policy
 * nothing is permitted, not even to activate another one.
 */
final class PackStore {

    private final Path folder;

    PackStore(Path folder) {
        this.folder = folder;
    }

    /** Keeps a copy, durably. Does nothing where there is one. */
    void keep(PolicyPack pack) throws IOException {
        Path target = target(pack.id());
        if (Files.isDirectory(target)) {
            return;
        }
        Files.createDirectories(folder);
        Path building = Files.createTempDirectory(folder, ".building");
        for (Map.Entry<String, byte[]> file : pack.files().entrySet()) {
            try (FileChannel channel = FileChannel.open(
                    building.resolve(file.getKey()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer content = ByteBuffer.wrap(file.getValue());
                while (content.hasRemaining()) {
                    channel.write(content);
                }
                channel.force(true);
            }
        }
        Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
        force(folder);
    }

    /** What was kept under the digest, or nothing. */
    Optional<PolicyPack> find(PolicyId id) throws IOException {
        Path kept = target(id);
        if (!Files.isDirectory(kept)) {
            return Optional.empty();
        }
        PolicyPack pack = PolicyPack.read(new Folder(kept));
        return pack.id().equals(id) ? Optional.of(pack) : Optional.empty();
    }

    /** Removes what an interrupted copy left. */
    void clean() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.filter(
                            path -> path.getFileName().toString().startsWith(".building"))
                    .toList()) {
                try (Stream<Path> files = Files.list(entry)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(entry);
            }
        }
    }

    private Path target(PolicyId id) {
        return folder.resolve(id.digest().replace(':', '-'));
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** A pack's files in a folder. */
    record Folder(Path folder) implements PackFiles {
        @Override
        public String location() {
            return "folder " + folder;
        }

        @Override
        public Optional<byte[]> read(String file) throws IOException {
            try {
                return Optional.of(Files.readAllBytes(folder.resolve(file)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }
    }
}
