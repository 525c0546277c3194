package org.candor.policy.internal;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** The files of one policy pack, wherever they lie. */
interface PackFiles {

    /** Where they lie, for people. */
    String location();

    /** Names of the files, and of folders with a slash. */
    Set<String> names() throws IOException;

    /** The content of a file, or nothing where there is none. */
    Optional<byte[]> read(String file) throws IOException;
}
