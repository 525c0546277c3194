package org.candor.proof;

import java.util.Optional;

/**
 * Name of a tile or an entry bundle (c2sp.org/tlog-tiles): {@code tile/<level>/<index>[.p/<width>]} and {@code
 * tile/entries/<index>[.p/<width>]}, with the index in groups of three digits, all but the last marked with an x.
 *
 * @param level 0 to 5, or {@link #ENTRIES}
 * @param index of the tile in its level
 * @param width hashes or entries in it: 256, or fewer at the log's right edge
 */
public record TilePath(int level, long index, int width) {

    /** Level of entry bundles. */
    public static final int ENTRIES = -1;
    /** Hashes of a full tile. */
    public static final int WIDTH = 256;

    private static final int MAX_LEVEL = 5;

    public TilePath {
        if (level < ENTRIES || level > MAX_LEVEL || index < 0 || width < 1 || width > WIDTH) {
            throw new IllegalArgumentException("no tile at level " + level + ", index " + index + ", width " + width);
        }
    }

    /** Reads a path; empty when it is malformed. */
    public static Optional<TilePath> parse(String path) {
        if (path.length() > 100 || !path.startsWith("tile/")) {
            return Optional.empty();
        }
        int slash = path.indexOf('/', 5);
        if (slash < 0) {
            return Optional.empty();
        }
        String rest = path.substring(slash + 1);
        int width = WIDTH;
        int partial = rest.indexOf(".p/");
        try {
            if (partial >= 0) {
                width = Integer.parseInt(rest.substring(partial + 3));
                rest = rest.substring(0, partial);
                if (width >= WIDTH) {
                    return Optional.empty();
                }
            }
            String level = path.substring(5, slash);
            TilePath tile = new TilePath(
                    level.equals("entries") ? ENTRIES : Integer.parseInt(level),
                    Long.parseLong(rest.replace("/", "").replace("x", "")),
                    width);
            return tile.toString().equals(path) ? Optional.of(tile) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether a log of this size has this tile in full width, or had it as a partial one on its way. */
    public boolean existsAt(long size) {
        long hashes = level == ENTRIES ? size : size >> 8 * level;
        return index * WIDTH + width <= hashes;
    }

    @Override
    public String toString() {
        StringBuilder groups = new StringBuilder(threeDigits(index % 1000));
        for (long rest = index / 1000; rest > 0; rest /= 1000) {
            groups.insert(0, "x" + threeDigits(rest % 1000) + "/");
        }
        String partial = width == WIDTH ? "" : ".p/" + width;
        return "tile/" + (level == ENTRIES ? "entries" : level) + "/" + groups + partial;
    }

    private static String threeDigits(long group) {
        String digits = Long.toString(group);
        return "0".repeat(3 - digits.length()) + digits;
    }
}
