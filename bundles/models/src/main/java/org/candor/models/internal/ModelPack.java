package org.candor.models.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

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

    /** The file where it lies, for a pack by reference; null for one whose files go into the store. */
    default Path inPlace(String file) {
        return null;
    }

    /** Takes the pack away, so that it does not come back by itself. */
    default void discard() throws IOException {}
}
