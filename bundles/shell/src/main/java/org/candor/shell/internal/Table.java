package org.candor.shell.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under headings, in so many terminal columns. Headings are given by importance: what does not fit is dropped from the
 * right, column by column, and named below the table. Nothing is wrapped; when even the first column alone does not fit, its
 * cells are cut with an ellipsis. Used by one thread.
 */
public final class Table {

    /** Columns of a table when the terminal does not say otherwise. */
    public static final int COLUMNS = 100;

    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param headings the most important first */
    public Table(String... headings) {
        this.headings = List.of(headings);
    }

    /** @param cells one for each heading; null is an empty one */
    public Table row(Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + headings.size() + " headings");
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> cell == null ? "" : Width.harmless(cell.toString()).replace('\n', ' '))
                .toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The table with a line end behind each line. */
    public String text(int columns) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Width.of(headings.get(i));
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], Width.of(row.get(i)));
            }
        }
        int shown = widths.length;
        while (shown > 1 && total(widths, shown) > columns) {
            shown--;
        }
        if (shown == 1) {
            widths[0] = Math.min(widths[0], columns);
        }
        StringBuilder text = new StringBuilder();
        line(text, headings, widths, shown);
        for (List<String> row : rows) {
            line(text, row, widths, shown);
        }
        if (shown < widths.length) {
            String dropped =
                    "not shown: " + String.join(", ", headings.subList(shown, widths.length)) + " (--json has all)";
            text.append(Width.cut(dropped, columns)).append('\n');
        }
        return text.toString();
    }

    private static int total(int[] widths, int shown) {
        return Arrays.stream(widths, 0, shown).sum() + GAP.length() * (shown - 1);
    }

    private static void line(StringBuilder text, List<String> cells, int[] widths, int shown) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < shown; i++) {
            String cell = Width.cut(cells.get(i), widths[i]);
            line.append(cell).append(" ".repeat(widths[i] - Width.of(cell))).append(GAP);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
