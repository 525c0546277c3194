package org.candor.retrieval.internal.index;

/** Where a document came from. */
public enum Origin {
    /** A file of the mirrored folder. */
    FOLDER,
    /** Handed in by a caller and kept by the library. */
    UPLOAD
}
