package org.candor.retrieval.internal.text;

/**
 * What is too much for one document.
 *
 * @param bytes of the file
 * @param characters UTF-16 units of the extracted text
 * @param seconds to read it
 */
public record Limits(int bytes, int characters, int seconds) {

    /** 32 MiB, five million characters, 30 seconds. */
    public static final Limits DEFAULT = new Limits(32 << 20, 5_000_000, 30);
}
