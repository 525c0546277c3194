package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cards of revisions that a route leads to, by digest: with them and the store a revision that was activated serves after
 * a restart even when its pack has gone.
 */
final class Cards {

    private static final Logger LOG = LoggerFactory.getLogger(Cards.class);

    private final Path folder;

    Cards(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    void keep(ModelCard card) throws IOException {
        Path file = file(card.id().digest());
        if (!Files.exists(file)) {
            Durable.write(file, card.json());
        }
    }

    /** The card of a revision, or null. */
    ModelCard find(String digest) {
        Path file = file(digest);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            ModelCard card = ModelCard.read("the store", Files.readAllBytes(file));
            if (card.id().digest().equals(digest)) {
                return card;
            }
            LOG.warn("{} is damaged: its digest is {}", file, card.id().digest());
        } catch (IOException e) {
            LOG.warn("{} is damaged: {}", file, e.getMessage());
        }
        return null;
    }

    /** Forgets all but these. */
    void retain(Set<String> digests) throws IOException {
        Set<String> names = Set.copyOf(digests.stream()
                .map(digest -> file(digest).getFileName().toString())
                .toList());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!names.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    private Path file(String digest) {
        return folder.resolve(digest.replaceFirst("^sha256:", "").replaceAll("[^0-9A-Za-z]", "_") + ".json");
    }
}
