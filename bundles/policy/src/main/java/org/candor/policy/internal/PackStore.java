package org.candor.policy.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.api.policy.PolicyId;
import org.candor.proof.PackIdentity;

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
        Map<String, byte[]> files = new TreeMap<>(pack.files());
        if (pack.signature() != null) {
            files.put(PackIdentity.SIGNATURE, pack.signature());
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
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
        public Set<String> names() throws IOException {
            try (Stream<Path> entries = Files.list(folder)) {
                return entries.map(entry -> entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""))
                        .collect(Collectors.toCollection(TreeSet::new));
            }
        }

        @Override
        public Optional<byte[]> read(String file) throws IOException {
            try (InputStream in = Files.newInputStream(folder.resolve(file))) {
                return Optional.of(in.readNBytes(PolicyPack.MOST_BYTES + 1));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }
    }
}
