package org.candor.api.model;

/**
 * A text whose keys and values a {@link Generator} keeps. It belongs to that generator and is used by the thread that uses
 * it.
 */
public interface CachedText extends AutoCloseable {

    /** Tokens read so far. */
    int length();

    /** Blocks that have to be free to read so many more tokens. */
    int blocksFor(int tokens);

    /**
     * Whether what was read has to be read anew, after {@link #truncate} to 0, when the text has {@code totalLength} tokens:
     * with some rotary embeddings keys of a short text do not serve a long one.
     */
    boolean stale(int totalLength);

    /**
     * Forgets all tokens behind the first {@code kept}.
     *
     * @throws IllegalArgumentException unless {@code 0 <= kept <= length()}
     */
    void truncate(int kept);

    /** A second text with the same tokens. The two share blocks; a block that is not full is copied when one grows. */
    CachedText fork();

    /** Gives the blocks back; closing twice does nothing. */
    @Override
    void close();
}
