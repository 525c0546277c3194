package org.candor.template.internal;

/**
 * Limits of one rendering.
 *
 * @param steps evaluations, iterations and their like
 * @param characters of the text, and of each text on the way to it; an eighth of it limits lists
 */
record Limits(long steps, int characters) {
    static final Limits DEFAULT = new Limits(5_000_000, 8 << 20);
}
