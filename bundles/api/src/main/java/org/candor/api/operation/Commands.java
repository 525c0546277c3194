package org.candor.api.operation;

/**
 * The shell's {@code candor:*} commands as one line in, text out. What a command does is an operation of its own, decided and
 * logged as such. Thread safe.
 */
public interface Commands {

    /** Longest line, in characters. */
    int MOST_CHARACTERS = 65_536;

    /**
     * @param exit 0 done, 1 failed, 2 wrong arguments, 3 the answer is no
     * @param out what it printed
     * @param err what went wrong
     */
    record Result(int exit, String out, String err) {}

    /**
     * Runs one command.
     *
     * @param line for example {@code models --json}; the prefix {@code candor:} may be left out
     * @throws OperationException INVALID when the line is too long or blank
     */
    Result run(Caller caller, String line);
}
