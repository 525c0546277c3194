package org.candor.cli;

/** Ends the command: one line for the person, and the process's exit code. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static final int FAILED = 1;
    static final int WRONG_ARGUMENT = 2;

    private final int exitCode;

    private Failure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /** Something went wrong; {@code message} says what, with what, and what to do. */
    static Failure failed(String message) {
        return new Failure(FAILED, message);
    }

    /** The person called the command wrongly. */
    static Failure wrong(String message) {
        return new Failure(WRONG_ARGUMENT, message);
    }

    int exitCode() {
        return exitCode;
    }
}
