package org.candor.models.internal;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.candor.proof.PackIdentity;
import org.candor.proof.PackTrust;

/** Where the files of a pack are read from. Two packs are equal when they are the same place. */
interface ModelPack {

    /** For messages: the bundle or folder. */
    String location();

    /**
     * Opens one file of the pack.
     *
     * @throws java.io.FileNotFoundException when the pack has no such file
     */
    InputStream open(String file) throws IOException;

    /**
     * Names of the files in it, and of its folders with a slash, which its card has to list. Empty for a folder by
     * reference: its card was compared with it when it was installed, and nothing else in it is ever read.
     */
    default Set<String> names() throws IOException {
        return Set.of();
    }

    /** Content of the signature's file, or null where there is none; a byte more than allowed where it is too large. */
    default byte[] signature() throws IOException {
        try (InputStream in = open(PackIdentity.SIGNATURE)) {
            return in.readNBytes(PackTrust.MOST_SIGNATURE + 1);
        } catch (FileNotFoundException | NoSuchFileException e) {
            return null;
        }
    }

    /** The file where it lies, for a pack by reference; null for one whose files go into the store. */
    default Path inPlace(String file) {
        return null;
    }

    /** Takes the pack away, so that it does not come back by itself. */
    default void discard() throws IOException {}
}
