package org.candor.cli;

import java.io.PrintStream;

/**
 * Where the command's words go, and how they may look.
 *
 * @param out answers
 * @param err everything else
 * @param columns width to wrap answers at, 0 for no wrapping
 * @param colour whether answers may be coloured
 * @param live whether standard error is a terminal, so that progress may redraw its line
 */
record Terminal(PrintStream out, PrintStream err, int columns, boolean colour, boolean live) {

    private static final String CLEAR_LINE = "\r\u001b[K";

    /** The terminal as the launcher, which can ask it, describes it. */
    static Terminal fromSystemProperties(PrintStream out, PrintStream err) {
        return new Terminal(
                out,
                err,
                Integer.getInteger("candor.columns", 0),
                Boolean.getBoolean("candor.colour"),
                Boolean.getBoolean("candor.live"));
    }

    /** One line of news on standard error. */
    void say(String text) {
        err.println((live ? CLEAR_LINE : "") + "candor: " + text);
    }

    /** Lines of somebody else's making, as they are, on standard error. */
    void raw(String lines) {
        err.print(lines);
        err.flush();
    }

    /** Progress that the next line replaces; shown on a terminal only. */
    void progress(String text) {
        if (live) {
            err.print(CLEAR_LINE + "candor: " + text);
            err.flush();
        }
    }

    /** Removes what {@link #progress} left. */
    void clearProgress() {
        if (live) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }

    String faint(String text) {
        return colour ? "\u001b[2m" + text + "\u001b[0m" : text;
    }

    String bold(String text) {
        return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
    }
}
