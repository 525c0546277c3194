package org.candor.transparency.internal;

/**
 * A tree the log has signed.
 *
 * @param size entries
 * @param checkpoint signed note
 */
record SignedTree(long size, String checkpoint) {}
