package org.candor.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.backup.BackupReader;
import org.candor.backup.Manifest;

/**
 * {@code restore}: a backup takes the place of the home's state while no server runs. What was there is moved to {@code
 * replaced/TIME}, nothing is deleted. Ended in the middle, it goes on at the next start, from where it was.
 *
 * <pre>
 * restore/staged     the archive, checked
 * restore/ready      unpacked whole: from here on it goes forward only
 * </pre>
 */
final class Restore {

    /** What is no state, or belongs to the start that is under way. */
    private static final Set<String> STAYS =
            Set.of("runtime", "logs", "restore", "replaced", "start.lock", "candor.pid", "lock");

    /** Large, and not in a backup: content that is checked by digest each time it is loaded. */
    private static final List<String> TAKEN_ALONG = List.of("models/store", "deploy/models");

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Instance instance;
    private final Terminal terminal;
    private final Path home;
    private final Path staged;
    private final Path ready;

    Restore(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
        this.home = instance.home();
        this.staged = home.resolve("restore/staged");
        this.ready = home.resolve("restore/ready");
    }

    /** @param arguments a file, or {@code --staged} for what {@code candor:restore} left to be done */
    int run(List<String> arguments) {
        if (arguments.size() != 1) {
            throw Failure.wrong("restore takes one file: a backup");
        }
        try {
            if (!arguments.getFirst().equals("--staged")) {
                stage(instance.directory().resolve(arguments.getFirst()));
            }
            apply();
            return 0;
        } catch (IOException e) {
            throw Failure.failed("nothing was restored yet, or not all of it: " + e.getMessage());
        }
    }

    private void stage(Path archive) throws IOException {
        try (BackupReader reader = new BackupReader(archive)) {
            reader.verify();
        }
        folder(staged.getParent());
        Path draft = staged.resolveSibling(".staged.new");
        Files.copy(archive, draft, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
        Files.move(draft, staged, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void apply() throws IOException {
        Manifest manifest;
        try (BackupReader reader = new BackupReader(staged)) {
            manifest = reader.contents();
            if (!Files.exists(ready)) {
                Path unpacking = ready.resolveSibling("unpacking");
                delete(unpacking);
                folder(unpacking);
                reader.unpack(unpacking);
                Files.move(unpacking, ready, StandardCopyOption.ATOMIC_MOVE);
                force(ready.getParent());
            }
        }
        Path replaced = replace(manifest);
        Files.delete(staged);
        delete(ready);
        terminal.say("restored " + home + " from a backup of " + manifest.created() + ", with "
                + manifest.log().size()
                + " log entries"
                + (replaced == null ? "" : "; what was there before is in " + replaced));
    }

    /** @return where the old state is, or null when there was none */
    private Path replace(Manifest manifest) throws IOException {
        Set<String> names = new TreeSet<>();
        manifest.files().forEach(file -> names.add(file.path().split("/")[0]));
        Path aside = home.resolve("replaced").resolve(STAMP.format(Instant.now()));
        for (String name : present()) {
            // A name that is not in ready any more was put in place before an interruption.
            if (!STAYS.contains(name) && (!names.contains(name) || Files.exists(ready.resolve(name)))) {
                folder(aside.getParent());
                folder(aside);
                Files.move(home.resolve(name), aside.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        for (String name : names) {
            if (Files.exists(ready.resolve(name))) {
                Files.move(ready.resolve(name), home.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        for (String name : TAKEN_ALONG) {
            takeAlong(name);
        }
        // The framework's own cache; the launcher makes it again.
        delete(aside.resolve("karaf"));
        force(home);
        return Files.exists(aside) ? aside : null;
    }

    /** From the newest state that was replaced: an interruption may have begun another folder. */
    private void takeAlong(String name) throws IOException {
        Path target = home.resolve(name);
        if (Files.exists(target) || !Files.isDirectory(home.resolve("replaced"))) {
            return;
        }
        List<Path> old;
        try (Stream<Path> folders = Files.list(home.resolve("replaced"))) {
            old = folders.filter(folder -> Files.isDirectory(folder.resolve(name)))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        if (!old.isEmpty()) {
            Files.createDirectories(target.getParent());
            Files.move(old.getFirst().resolve(name), target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private Set<String> present() throws IOException {
        try (Stream<Path> all = Files.list(home)) {
            return all.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static void folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, PRIVATE);
        }
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
