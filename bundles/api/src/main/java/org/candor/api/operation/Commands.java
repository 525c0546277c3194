package org.candor.api.operation;

/**
 * Operation {@code admin.shell.run}: the shell's {@code candor:*} commands as one line in, text out. What a command does is an
 * operation of its own, decided and logged as such; this one lets its caller type at all. Thread safe.
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
     * Runs one command. Writes no log entry of its own unless refused.
     *
     * @param line for example {@code models --json}; the prefix {@code candor:} may be left out
     * @throws OperationException INVALID when the line is too long or blank, DENIED, or UNAVAILABLE
     */
    Result run(Caller caller, String line);

    /** What runs the commands once the caller may type. Thread safe. */
    interface Shell {

        /**
         * Runs one command for somebody who may type; what it does is decided for this caller.
         *
         * @throws OperationException INVALID when the line is too long or blank
         */
        Result run(Caller caller, String line);
    }
}
