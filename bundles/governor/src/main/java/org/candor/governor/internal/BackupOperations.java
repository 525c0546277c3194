package org.candor.governor.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.candor.api.backup.StatePart;
import org.candor.api.operation.Answers;
import org.candor.api.operation.Backups;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.backup.BackupReader;
import org.candor.backup.BackupWriter;
import org.candor.backup.Manifest;
import org.candor.proof.InvalidProofException;
import org.candor.proof.SignedNote;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Operations {@code admin.backup.*}. One backup at a time. */
@Component
public final class BackupOperations implements Backups {

    /** Folders of the state whose owners have to be there: a backup without one of them is none. */
    private static final Set<String> NEEDED = Set.of("log", "consent", "keys", "library");

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final GovernedPath path;
    private final Path home;
    private final String version;
    private final Clock clock = Clock.systemUTC();
    private final List<StatePart> parts = new CopyOnWriteArrayList<>();
    private final ReentrantLock busy = new ReentrantLock();

    @Activate
    public BackupOperations(@Reference GovernedPath path, BundleContext context) {
        this(
                path,
                context.getProperty("candor.home"),
                context.getBundle().getVersion().toString());
    }

    BackupOperations(GovernedPath path, String home, String version) {
        this.path = path;
        this.home = home == null ? null : Path.of(home).toAbsolutePath();
        this.version = version;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindPart(StatePart part) {
        parts.add(part);
    }

    void unbindPart(StatePart part) {
        parts.remove(part);
    }

    private record Made(Path file, long bytes, String digest, int files, long logSize) {}

    @Override
    public Backup backUp(Caller caller, Path to) {
        if (!to.isAbsolute()) {
            throw Requests.invalid("to", "\"" + to + "\" is not an absolute path");
        }
        Operation operation = new Operation(
                "admin.backup.create",
                caller,
                Answers.DEFAULT_PURPOSE,
                Operation.Effect.CHANGE,
                Map.of("to", to.toString()));
        Governed<Made> done = path.run(operation, new Task<Made>() {
            @Override
            public Made perform(Permit permit, Meter meter) throws IOException {
                if (!busy.tryLock()) {
                    throw new OperationException(Kind.BUSY, "busy", "Another backup is being made. Try again shortly.");
                }
                try {
                    return make(to);
                } finally {
                    busy.unlock();
                }
            }

            @Override
            public void describe(Made made, Map<String, Object> members) {
                members.put("file", made.file().toString());
                members.put("digest", made.digest());
                members.put("logSize", made.logSize());
            }
        });
        Made made = done.result();
        return new Backup(made.file(), made.bytes(), made.digest(), made.files(), made.logSize(), done.evidence());
    }

    private Made make(Path to) throws IOException {
        Path own = home();
        Instant now = clock.instant();
        Path file = Files.isDirectory(to) ? to.resolve("candor-" + STAMP.format(now) + ".backup") : to;
        checkTarget(own, file);
        List<StatePart> owners = owners();
        // Beside the archive: who has room for that has room for this.
        Path staging = Files.createTempDirectory(
                file.getParent(),
                ".candor-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (BackupWriter writer = new BackupWriter(file)) {
            for (StatePart part : owners) {
                if (part.last()) {
                    files(own, owners).copy(staging);
                }
                part.copy(staging);
            }
            writer.addAll(staging);
            List<String> names =
                    new ArrayList<>(owners.stream().map(StatePart::name).toList());
            names.add("files");
            Manifest.Log log = log(staging);
            String digest = writer.finish(now, version, names, log);
            return new Made(file, Files.size(file), digest, writer.count(), log.size());
        } finally {
            delete(staging);
        }
    }

    private static HomeFiles files(Path own, List<StatePart> owners) {
        return new HomeFiles(own, owners.stream().map(StatePart::folder).collect(Collectors.toSet()));
    }

    /** All that are needed, those that come last at the end. */
    private List<StatePart> owners() {
        List<StatePart> owners = new ArrayList<>(parts);
        owners.sort(Comparator.comparing(StatePart::last).thenComparing(StatePart::name));
        Set<String> names = owners.stream().map(StatePart::name).collect(Collectors.toSet());
        for (String needed : NEEDED.stream().sorted().toList()) {
            if (!names.contains(needed)) {
                throw Services.missing(needed, "part of the state called " + needed);
            }
        }
        return owners;
    }

    /** The checkpoint that was copied says what the copy holds. */
    private static Manifest.Log log(Path staging) throws IOException {
        String note = Files.readString(staging.resolve("log/checkpoint"));
        try {
            org.candor.proof.Checkpoint checkpoint =
                    org.candor.proof.Checkpoint.parse(SignedNote.parse(note).text());
            return new Manifest.Log(checkpoint.origin(), checkpoint.size(), note);
        } catch (InvalidProofException e) {
            throw new IOException("the log's copy cannot be read: " + e.getMessage(), e);
        }
    }

    private static void checkTarget(Path own, Path file) throws IOException {
        Path folder = file.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw Requests.invalid("to", "there is no folder " + folder);
        }
        if (folder.toRealPath().startsWith(own.toRealPath())) {
            throw Requests.invalid("to", file + " lies in the server's own folder, and would be lost with it");
        }
        if (Files.exists(file)) {
            throw Requests.invalid("to", file + " exists already");
        }
    }

    @Override
    public Staged stageRestore(Caller caller, Path from) {
        if (!from.isAbsolute()) {
            throw Requests.invalid("file", "\"" + from + "\" is not an absolute path");
        }
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("file", from.toString());
        Operation operation = new Operation(
                "admin.backup.restore", caller, Answers.DEFAULT_PURPOSE, Operation.Effect.CHANGE, request);
        Governed<Manifest> done = path.run(operation, new Task<Manifest>() {
            private String digest;

            @Override
            public Map<String, Object> exactly() {
                try {
                    digest = Digests.sha256(from);
                    return Map.of("digest", digest);
                } catch (IOException e) {
                    return Map.of();
                }
            }

            @Override
            public Manifest perform(Permit permit, Meter meter) throws IOException {
                return stage(from, digest);
            }

            @Override
            public void describe(Manifest manifest, Map<String, Object> members) {
                members.put("created", manifest.created().toString());
                members.put("logSize", manifest.log().size());
            }
        });
        Manifest manifest = done.result();
        return new Staged(
                manifest.created(), manifest.version(), manifest.log().size(), manifest.parts(), done.evidence());
    }

    /** Copied first, then checked: what is checked is what is restored. */
    private Manifest stage(Path from, String digest) throws IOException {
        Path folder = home().resolve("restore");
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Path draft = folder.resolve(".staged.new");
        try {
            Files.copy(from, draft, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-------"));
            if (!Digests.sha256(draft).equals(digest)) {
                throw new IOException("it changed while this was asked; ask again");
            }
            Manifest manifest;
            try (BackupReader reader = new BackupReader(draft)) {
                reader.verify();
                manifest = reader.contents();
            }
            Files.move(
                    draft,
                    folder.resolve("staged"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return manifest;
        } catch (IOException e) {
            throw new OperationException(
                    Kind.INVALID,
                    "backup_unreadable",
                    "file: " + from + " cannot be restored: " + e.getMessage(),
                    "file",
                    e);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private Path home() {
        if (home == null) {
            throw Services.missing("home", "server's home folder (framework property candor.home)");
        }
        return home;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
