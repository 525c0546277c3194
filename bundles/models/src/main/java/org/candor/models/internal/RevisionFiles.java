package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.model.ModelFormatException;

/**
 * The files of a revision when it is loaded: each as its card says, from the first of its packs or, where those have gone, from
 * the store.
 */
record RevisionFiles(ModelCard card, List<ModelPack> packs, Surroundings surroundings) {

    private static final String CHANGES =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix")
                    ? "unix:size,ino,ctime,lastModifiedTime"
                    : "size,lastModifiedTime";

    /** For messages: where the files come from. */
    static String location(List<ModelPack> packs) {
        return packs.isEmpty() ? "the store" : packs.getFirst().location();
    }

    /** A loader sees a file under its digest, as the store keeps it; people know it by its name in the pack. */
    static String named(ModelCard card, String location, String message) {
        for (Map.Entry<String, ModelCard.FileDigest> file : card.files().entrySet()) {
            if (message.startsWith(file.getValue().sha256())) {
                return location + ": " + file.getKey()
                        + message.substring(file.getValue().sha256().length());
            }
        }
        return message;
    }

    /** Every file of the card with the content that the card says. */
    Map<String, Path> verify() throws IOException {
        ModelPack pack = packs.isEmpty() ? null : packs.getFirst();
        if (pack != null) {
            surroundings
                    .store()
                    .admit(
                            pack.location(),
                            card.files().entrySet().stream()
                                    .filter(file -> pack.inPlace(file.getKey()) == null)
                                    .map(Map.Entry::getValue)
                                    .toList(),
                            surroundings.content());
        }
        Map<String, Path> files = new TreeMap<>();
        for (Map.Entry<String, ModelCard.FileDigest> file : card.files().entrySet()) {
            files.put(file.getKey(), verify(pack, file.getKey(), file.getValue()));
        }
        return files;
    }

    private Path verify(ModelPack pack, String name, ModelCard.FileDigest expected) throws IOException {
        ContentStore store = surroundings.store();
        Path inPlace = pack == null ? null : pack.inPlace(name);
        if (inPlace != null) {
            if (!ContentStore.right(inPlace, expected)) {
                throw new ModelFormatException(pack.location() + ": " + name
                        + " is missing or has another content than when it was installed (" + expected.bytes()
                        + " bytes, SHA-256 " + expected.sha256() + ")");
            }
            return inPlace;
        }
        if (pack != null) {
            return store.put(pack, name, expected);
        }
        Path stored = store.find(expected);
        if (stored == null) {
            throw new ModelFormatException("its pack has gone, and the store does not hold " + name + " whole");
        }
        return stored;
    }

    /** What files that lie elsewhere are like: any change to them shows. */
    Map<Path, String> stamps() throws IOException {
        Map<Path, String> stamps = new TreeMap<>();
        for (ModelPack pack : packs) {
            for (String name : card.files().keySet()) {
                Path path = pack.inPlace(name);
                if (path != null && Files.exists(path)) {
                    stamps.put(path, String.valueOf(Files.readAttributes(path, CHANGES)));
                }
            }
        }
        return stamps;
    }
}
