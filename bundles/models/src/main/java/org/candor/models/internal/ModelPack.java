package org.candor.models.internal;

import java.io.IOException;
import java.io.InputStream;

/** Where the files of a pack are read from. */
interface ModelPack {

    /** For messages: the bundle or folder. */
    String location();

    /**
     * Opens one file of the pack.
     *
     * @throws java.io.FileNotFoundException when the pack has no such file
     */
    InputStream open(String file) throws IOException;
}
