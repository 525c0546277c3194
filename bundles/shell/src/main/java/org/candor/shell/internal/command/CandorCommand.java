package org.candor.shell.internal.command;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.candor.api.operation.Caller;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.shell.internal.Callers;
import org.candor.shell.internal.Operations;
import org.candor.shell.internal.Plain;
import org.candor.shell.internal.Table;

/**
 * What all commands have in common: for whom they act, {@code --json}, and how they end. A command is one operation; what may
 * be done, and that it was, is decided and logged behind it.
 */
abstract class CandorCommand implements Action {

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG = 2;
    static final int NO = 3;

    static final String SCOPE = "candor";

    @Reference
    Session session;

    @Reference
    Operations operations;

    @Reference
    Callers callers;

    @Option(name = "--json", description = "Print one JSON value instead of text.")
    boolean json;

    /** Where the commands of a pipe are printed to, which the shell leads to the terminal or to the next of them. */
    private final PrintStream out = System.out;

    /**
     * Does it and prints.
     *
     * @return {@link #DONE}, {@link #FAILED} or {@link #NO}
     */
    abstract int run(Caller caller);

    /** @return null or, where nobody sits at a terminal, an exit code that is not 0 */
    @Override
    public final Object execute() {
        int exit;
        try {
            AnyOrder.settle(this);
            exit = run(callers.of(session));
        } catch (IllegalArgumentException e) {
            complain(e);
            exit = WRONG;
        } catch (OperationException e) {
            complain(e);
            exit = e.kind() == Kind.INVALID ? WRONG : FAILED;
        }
        out.flush();
        return exit == DONE || session.getTerminal() != null ? null : (Integer) exit;
    }

    /** Where the shell itself says what is wrong: Karaf's SSH loses what a command writes to its standard error. */
    private void complain(Exception e) {
        PrintStream errors = session.get(Callers.ERRORS) instanceof PrintStream own ? own : session.getConsole();
        errors.println("candor: " + e.getMessage());
        errors.flush();
    }

    final void print(String line) {
        out.println(line);
    }

    /** A part of a line, at once; false when nobody reads it. */
    final boolean show(String part) {
        out.print(part);
        return !out.checkError();
    }

    /** The value when JSON was asked for, else the table, or the line when it is empty. */
    final void print(Object value, Table table, String none) {
        if (json) {
            printJson(value);
        } else if (table.isEmpty()) {
            print(none);
        } else {
            out.print(table.text(columns()));
        }
    }

    /** The value when JSON was asked for, else the line. */
    final void print(Object value, String line) {
        if (json) {
            printJson(value);
        } else {
            print(line);
        }
    }

    /** The same with a secret, which nobody is told again, on a line of its own. */
    final void printOnce(Object value, String line, String secret) {
        print(value, line + "; shown this once:\n" + secret);
    }

    final void printJson(Object value) {
        print(Plain.json(value));
    }

    /** What the terminal has, at most 100. */
    final int columns() {
        int width = session.getTerminal() == null ? 0 : session.getTerminal().getWidth();
        return width <= 0 ? Table.COLUMNS : Math.min(width, Table.COLUMNS);
    }

    /** A path on the server's machine; there is no other folder it could be relative to. */
    static Path absolute(String argument, String path) {
        try {
            Path parsed = Path.of(path);
            if (parsed.isAbsolute()) {
                return parsed.normalize();
            }
        } catch (InvalidPathException e) {
            throw wrong(argument, "\"" + path + "\" is no path");
        }
        throw wrong(argument, "\"" + path + "\" is not absolute; a path on the server's machine is needed");
    }

    /** What an option that may be given several times was given. */
    static Set<String> words(List<String> given) {
        return given == null ? Set.of() : Set.copyOf(given);
    }

    static OperationException wrong(String argument, String message) {
        return new OperationException(Kind.INVALID, "invalid_value", argument + ": " + message, argument, null);
    }

    /** What an operation took, with the method, as its evidence says. */
    static String energy(Map<String, Object> energy) {
        return energy != null && energy.get("joules") instanceof Number joules
                ? String.format(Locale.ROOT, "%.2f J (%s)", joules.doubleValue(), energy.get("method"))
                : "energy unknown";
    }

    /** The first signs of a digest, enough to tell two apart. */
    static String shortened(String digest) {
        int length = digest.startsWith("sha256:") ? "sha256:".length() + 12 : 12;
        return digest.length() <= length ? digest : digest.substring(0, length);
    }
}
