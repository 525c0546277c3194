package org.candor.cli;

/** Digests as people read them. */
final class Digests {

    private static final int SHOWN = 12;

    private Digests() {}

    /** The first 12 hexadecimal digits of {@code sha256:...}. */
    static String shortened(String digest) {
        String digits = digest.substring(digest.indexOf(':') + 1);
        return digits.substring(0, Math.min(SHOWN, digits.length()));
    }
}
