package org.candor.compute.cpu.internal;

/**
 * How the columns of a matrix B (depth, columns) are divided into panels that the register tiles multiply by: as many
 * of the widest as fit, then one of two vectors, then one of one, the last filled up with zeros. A panel lies in memory
 * row by row, one panel after the other.
 *
 * @param columns columns of B
 * @param lanes numbers in one vector
 * @param widest vectors of the widest panel: 4 or 2
 */
record Panels(int columns, int lanes, int widest) {

    private int vectors() {
        return Math.ceilDiv(columns, lanes);
    }

    /** Number of panels. */
    int count() {
        int rest = vectors() % widest;
        return vectors() / widest + rest / 2 + rest % 2;
    }

    /** First column of a panel. */
    int first(int panel) {
        int full = vectors() / widest;
        return panel <= full ? panel * widest * lanes : (full * widest + 2) * lanes;
    }

    /** The panel that a column is in. */
    int panelOf(int column) {
        int full = vectors() / widest;
        int panel = column / (widest * lanes);
        return panel < full || count() == full + 1 || column < first(full) + 2 * lanes
                ? Math.min(panel, full)
                : full + 1;
    }

    /** Vectors of a panel: 4, 2 or 1. */
    int width(int panel) {
        int full = vectors() / widest;
        if (panel < full) {
            return widest;
        }
        return panel == full && vectors() % widest >= 2 ? 2 : 1;
    }

    /** Panels from this one on that are as wide as it; in memory each follows the one before it. */
    int alike(int panel) {
        int full = vectors() / widest;
        return panel < full ? full - panel : 1;
    }

    /** Columns of B in a panel, without what it was filled up with. */
    int valid(int panel) {
        return Math.min(width(panel) * lanes, columns - first(panel));
    }

    /** Elements before a panel: every panel before it holds {@code depth} rows. */
    long offset(int panel, int depth) {
        return (long) first(panel) * depth;
    }

    /** Elements of all panels. */
    long size(int depth) {
        return (long) vectors() * lanes * depth;
    }
}
