package org.candor.models.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.candor.api.model.ModelLease;
import org.candor.api.model.ModelRefusedException;
import org.candor.api.model.ModelRevision;
import org.candor.api.model.ModelSource;
import org.candor.api.model.ModelState;
import org.candor.api.model.ModelUnavailableException;
import org.candor.proof.PackIdentity;
import org.candor.proof.PackTrust;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs by reference: folders and files that somebody installed, and folders that lie in deploy/models. A folder is taken when two
 * looks in a row find it unchanged; a hidden name keeps it from being taken while it is copied. One caller at a time.
 */
final class Folders {

    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);
    /** A version has three numbers or a v before it, so that the 1b of a model's size is none. */
    private static final Pattern NAMED =
            Pattern.compile("(.+?)-(?:v(\\d[a-z0-9._-]*)|(\\d+\\.\\d+\\.\\d+[a-z0-9._-]*))");

    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^a-z0-9._-]+");
    private static final String USUAL_VERSION = "1.0.0";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /**
     * Where folders may be.
     *
     * @param references the server's records of them
     * @param home the server's own folder, nothing of which is taken, or null
     * @param dropped deploy/models, the exception, or null
     */
    record Places(Path references, Path home, Path dropped) {}

    private final Places places;
    private final Revisions revisions;
    private final Supplier<PackTrust> trust;
    private final MemoryBudget memory;
    private final Loaders loaders;
    /** What the last look found in each dropped folder. */
    private final Map<Path, String> seen = new HashMap<>();
    /** Dropped folders that were taken or refused, and what they were like. */
    private final Map<Path, String> settled = new HashMap<>();
    /** Installed by reference. */
    private final Map<ReferencePack, Revision> installed = new HashMap<>();

    Folders(Places places, Revisions revisions, Supplier<PackTrust> trust, MemoryBudget memory, Loaders loaders)
            throws IOException {
        this.revisions = revisions;
        this.trust = trust;
        this.memory = memory;
        this.loaders = loaders;
        Files.createDirectories(places.references());
        if (places.dropped() == null) {
            this.places = places;
        } else {
            // its real path: the home may be reached through a link
            Path dropped = Files.createDirectories(places.dropped()).toRealPath();
            this.places = new Places(places.references(), places.home(), dropped);
        }
    }

    /** Takes in again what was installed before the last stop. */
    synchronized void restore() throws IOException {
        try (DirectoryStream<Path> records = Files.newDirectoryStream(places.references())) {
            for (Path record : records) {
                if (record.getFileName().toString().startsWith(".")) {
                    Durable.delete(record);
                } else {
                    restore(record);
                }
            }
        }
    }

    private void restore(Path record) {
        try {
            ReferencePack pack = ReferencePack.read(record);
            if (pack.dropped() && !isDropped(pack.folder())) {
                LOG.info("{} is not in deploy/models any more", pack.location());
                Durable.delete(record);
                return;
            }
            ModelCard card = ModelCard.read(pack);
            if (!card.id().digest().equals(pack.digest())) {
                throw new ModelFormatException(record + ": card.json is damaged: its digest is "
                        + card.id().digest() + ", and " + pack.digest() + " was installed");
            }
            installed.put(pack, revisions.install(pack, card, Cause.system("its " + pack.location() + " is known")));
        } catch (IOException e) {
            LOG.error("A pack by reference is refused: {}", e.getMessage());
            revisions
                    .installed()
                    .unreadable(
                            "record " + record,
                            record.getFileName().toString(),
                            "",
                            "",
                            String.valueOf(e.getMessage()));
        }
    }

    /**
     * Installs a folder or a GGUF file.
     *
     * @throws ModelRefusedException saying why it is not taken; nothing is kept then
     */
    synchronized ModelRevision install(ModelSource source, Cause cause) {
        try {
            Path place = checked(source.path());
            return take(
                    new ModelSource(place, source.name(), source.version(), source.weights(), source.base()),
                    cause,
                    false);
        } catch (IOException e) {
            throw new ModelRefusedException(String.valueOf(e.getMessage()));
        }
    }

    /** Whether a folder, no link to one, lies directly in deploy/models. */
    private boolean isDropped(Path folder) {
        return places.dropped() != null
                && places.dropped().equals(folder.getParent())
                && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
    }

    /** The real path of a folder; of a file it is the folder's, and its own name. */
    private Path checked(Path place) throws IOException {
        if (!place.isAbsolute()) {
            throw new ModelFormatException(place + ": an absolute path is needed");
        }
        boolean file = Files.isRegularFile(place);
        if (!file && !Files.isDirectory(place)) {
            throw new ModelFormatException(place + " is no folder or file that the server can read");
        }
        if (file && !place.getFileName().toString().endsWith(GgufParts.ENDING)) {
            throw new ModelFormatException(place + " is neither a folder nor a file that ends in " + GgufParts.ENDING);
        }
        Path real = file ? place.getParent().toRealPath().resolve(place.getFileName()) : place.toRealPath();
        if (places.home() == null) {
            return real;
        }
        Path home = places.home().toRealPath();
        boolean dropped =
                places.dropped() != null && real.startsWith(places.dropped()) && !real.equals(places.dropped());
        if (home.startsWith(real) || real.startsWith(home) && !dropped) {
            throw new ModelFormatException(place + " lies in or around the server's own folder");
        }
        return real;
    }

    private ModelRevision take(ModelSource source, Cause cause, boolean dropped) throws IOException {
        Path place = source.path();
        boolean file = Files.isRegularFile(place);
        Path folder = file ? place.getParent() : place;
        if (!file) {
            FolderLinks.check(folder, dropped, places.home());
        }
        Map<String, byte[]> made;
        ModelCard card;
        if (!file && Files.isRegularFile(folder.resolve("card.json"))) {
            made = ownCard(folder);
            card = ModelCard.read("folder " + folder, made.get("card.json"));
            card.covers("folder " + folder, names(folder));
            requireSame(source, card);
        } else {
            String[] id = identity(source, file);
            made = madeCard(source, id[0], id[1]);
            card = ModelCard.read((file ? "file " : "folder ") + place, made.get("card.json"));
        }
        return record(folder, made, card, cause, dropped);
    }

    /** What somebody wants, and what a card says, agree. */
    private static void requireSame(ModelSource source, ModelCard card) throws ModelFormatException {
        String name = Objects.requireNonNullElse(source.name(), card.id().name());
        String version = Objects.requireNonNullElse(source.version(), card.id().version());
        if (!name.equals(card.id().name()) || !version.equals(card.id().version())) {
            throw new ModelFormatException(source.path() + ": card.json says "
                    + card.id().name() + " " + card.id().version() + ", not " + name + " " + version);
        }
        if (source.weights() != null) {
            throw new ModelFormatException(source.path() + ": card.json says how its weights are held");
        }
        if (source.base() != null) {
            throw new ModelFormatException(source.path() + ": card.json says whether it has a base, and which");
        }
    }

    /** What lies in it; folders end with a slash, as in a bundle. */
    private static Set<String> names(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                names.add(entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""));
            }
        }
        return names;
    }

    private static Map<String, byte[]> ownCard(Path folder) throws IOException {
        Map<String, byte[]> own = new LinkedHashMap<>();
        for (String file : new String[] {"card.json", PackIdentity.SIGNATURE}) {
            Path path = folder.resolve(file);
            if (Files.isRegularFile(path)) {
                if (Files.size(path) > ModelCard.MAX_BYTES) {
                    throw new ModelFormatException(path + " is larger than " + ModelCard.MAX_BYTES + " bytes");
                }
                own.put(file, Files.readAllBytes(path));
            }
        }
        return own;
    }

    /** The name and the version: what is asked for, else what the path says, else the first version of whatever it is called. */
    private static String[] identity(ModelSource source, boolean file) throws ModelFormatException {
        String own = NOT_IN_NAMES
                .matcher((file
                                ? GgufParts.model(source.path())
                                : source.path().getFileName().toString())
                        .toLowerCase(Locale.ROOT))
                .replaceAll("-");
        Matcher named = NAMED.matcher(own);
        boolean matches = named.matches();
        String version = !matches ? USUAL_VERSION : Objects.requireNonNullElse(named.group(2), named.group(3));
        String[] id = {
            Objects.requireNonNullElse(source.name(), matches ? named.group(1) : own),
            Objects.requireNonNullElse(source.version(), version)
        };
        for (String part : id) {
            if (!NAME.matcher(part).matches()) {
                throw new ModelFormatException(source.path() + ": \"" + part
                        + "\" is no name or version of a model; allowed are " + NAME.pattern());
            }
        }
        return id;
    }

    private Map<String, byte[]> madeCard(ModelSource source, String name, String version) throws IOException {
        FoundModel model = found(source);
        FolderLinks.check(model.files().values(), places.home());
        if (!trust.get().allowsUnsigned(name, version)) {
            throw new ModelFormatException(source.path() + ": " + trust.get().howToAllow(name, version));
        }
        ModelId id = new ModelId(name, version, "");
        try (ModelLease<?> _ = revisions.bases().hold(id, model.use())) {
            if (revisions.bases().find(model.family(), model.use()) == null) {
                throw ModelPlaces.unsupported(source.path(), model.family());
            }
            ModelFiles files = new ModelFiles(id, model.files());
            ModelUse use = CacheRoom.fitted(model.use(), model.family(), files, loaders, memory);
            Loaders.Loader loader = revisions.bases().find(model.family(), use);
            memory.admit(source.path().toString(), loader.bytes(files));
            return FolderCard.make(name, version, model.with(use), loader);
        }
    }

    private FoundModel found(ModelSource source) throws IOException {
        boolean adapter = AdapterFolder.at(source.path());
        if (source.base() == null) {
            if (adapter) {
                throw AdapterFolder.baseNeeded(source.path());
            }
            return ModelPlaces.look(source.path(), source.weights(), loaders);
        }
        if (!adapter) {
            throw AdapterFolder.noAdapter(source.path());
        }
        return AdapterFolder.read(source, revisions.bases().find(source.base()));
    }

    /** Takes the revision in, tests it, and makes its record durable; a failure leaves nothing behind. */
    private ModelRevision record(Path folder, Map<String, byte[]> made, ModelCard card, Cause cause, boolean dropped)
            throws IOException {
        ModelId id = card.id();
        Path record = places.references().resolve(id.name() + "-" + id.version());
        ReferencePack pack = new ReferencePack(record, folder, dropped, id.digest());
        if (Files.exists(record)) {
            ReferencePack before = ReferencePack.read(record);
            if (before.digest().equals(id.digest()) && before.folder().equals(folder)) {
                return revisions.describe(id.digest());
            }
            throw new ModelFormatException(folder + ": " + id.name() + " " + id.version()
                    + " is installed already, from " + before.folder() + " with digest " + before.digest()
                    + ": give this one another version");
        }
        pack.write(made, cause);
        boolean kept = false;
        Revision revision = revisions.install(pack, card, cause);
        try {
            ModelRevision tested = revisions.verify(id, cause);
            if (tested.state() == ModelState.FAILED) {
                throw new ModelFormatException(tested.reason());
            }
            installed.put(pack, revision);
            kept = true;
            return tested;
        } finally {
            if (!kept) {
                Durable.delete(record);
                revisions.withdraw(revision, pack, Cause.system("it was refused"));
            }
        }
    }

    /** Looks into deploy/models for folders that came or went. */
    synchronized void look() {
        if (places.dropped() == null || !Files.isDirectory(places.dropped())) {
            return;
        }
        withdrawGone();
        Set<Path> present = new HashSet<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(places.dropped())) {
            for (Path folder : folders) {
                if (!folder.getFileName().toString().startsWith(".") && Files.isDirectory(folder)) {
                    present.add(folder);
                    consider(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.warn("{} cannot be read: {}", places.dropped(), e.getMessage());
        }
        for (Path gone : Set.copyOf(settled.keySet())) {
            if (!present.contains(gone)) {
                settled.remove(gone);
                revisions.installed().readable("folder " + gone);
            }
        }
        seen.keySet().retainAll(present);
    }

    /** What was refused is looked at again: the rules have changed. */
    synchronized void lookAgain() {
        settled.keySet().removeIf(folder -> installed.keySet().stream()
                .noneMatch(pack -> pack.folder().equals(folder)));
    }

    private void withdrawGone() {
        for (Map.Entry<ReferencePack, Revision> entry : Map.copyOf(installed).entrySet()) {
            ReferencePack pack = entry.getKey();
            if (pack.dropped() && !isDropped(pack.folder())) {
                installed.remove(pack);
                try {
                    Durable.delete(pack.record());
                } catch (IOException e) {
                    LOG.warn("{} cannot be deleted: {}", pack.record(), e.getMessage());
                }
                revisions.withdraw(entry.getValue(), pack, Cause.system("its " + pack.location() + " has gone"));
            }
        }
    }

    private void consider(Path folder) {
        String now;
        try {
            now = fingerprint(folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} changes while it is looked at", folder, e);
            return; // the next look shows what it has become
        }
        if (now.equals(settled.get(folder))) {
            return;
        }
        boolean known =
                installed.keySet().stream().anyMatch(pack -> pack.folder().equals(folder));
        if (known && !settled.containsKey(folder)) {
            settled.put(folder, now);
            return;
        }
        if (!now.equals(seen.put(folder, now))) {
            return; // still being written, or new
        }
        settled.put(folder, now);
        try {
            if (!isDropped(folder)) {
                throw new ModelFormatException(folder
                        + " is a symbolic link: copy the folder itself into deploy/models, or leave it where it is"
                        + " and install it by its path");
            }
            ModelRevision revision =
                    take(ModelSource.of(checked(folder)), Cause.system("found in deploy/models"), true);
            LOG.info("{} is installed from {}", revision.id(), folder);
            revisions.installed().readable("folder " + folder);
        } catch (IOException | ModelUnavailableException e) {
            refuse(folder, String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            refuse(folder, "there is not enough memory for it: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{} could not be looked at", folder, e);
            refuse(folder, e.toString());
        }
    }

    private void refuse(Path folder, String why) {
        LOG.error("{} is refused: {}", folder, why);
        revisions
                .installed()
                .unreadable("folder " + folder, folder.getFileName().toString(), "", "", why);
    }

    /** Names, sizes and times of everything in it. */
    private static String fingerprint(Path folder) throws IOException {
        StringBuilder print = new StringBuilder();
        try (Stream<Path> all = Files.walk(folder, 3)) {
            for (Path path : all.sorted().toList()) {
                if (Files.isRegularFile(path)) {
                    print.append(folder.relativize(path))
                            .append(' ')
                            .append(Files.size(path))
                            .append(' ')
                            .append(Files.getLastModifiedTime(path))
                            .append('\n');
                }
            }
        }
        return print.toString();
    }
}
