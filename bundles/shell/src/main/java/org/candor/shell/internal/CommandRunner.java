package org.candor.shell.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.support.CommandException;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Commands;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one {@code candor:*} command for somebody outside. What was sent is split into words and not evaluated: a caller of
 * the API reaches these commands and nothing else of the shell.
 */
@Component
public final class CommandRunner implements Commands.Shell {

    private static final Logger LOG = LoggerFactory.getLogger(CommandRunner.class);
    private static final String SCOPE = "candor";
    private static final int WRONG = 2;
    private static final int FAILED = 1;
    private static final int MOST_OUTPUT = 16 << 20;
    private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");

    private final SessionFactory sessions;
    private final Callers callers;

    @Activate
    public CommandRunner(@Reference SessionFactory sessions, @Reference Callers callers) {
        this.sessions = sessions;
        this.callers = callers;
    }

    @Override
    public Commands.Result run(Caller caller, String line) {
        if (line.isBlank() || line.length() > Commands.MOST_CHARACTERS) {
            throw new OperationException(
                    Kind.INVALID,
                    "invalid_value",
                    "command: 1 to " + Commands.MOST_CHARACTERS + " characters are needed, for example models --json",
                    "command",
                    null);
        }
        List<String> words;
        try {
            words = Words.of(line);
        } catch (IllegalArgumentException e) {
            return new Commands.Result(WRONG, "", "candor: " + e.getMessage() + "\n");
        }
        Registry registry = sessions.getRegistry();
        String name = words.getFirst().startsWith(SCOPE + ":")
                ? words.getFirst().substring(SCOPE.length() + 1)
                : words.getFirst();
        if (name.equals("help")) {
            return new Commands.Result(0, help(registry), "");
        }
        Command command = registry.getCommand(SCOPE, name);
        if (command == null) {
            return new Commands.Result(WRONG, "", "candor: there is no command \"" + name + "\"; help lists them\n");
        }
        return run(caller, command, List.copyOf(words.subList(1, words.size())));
    }

    private static String help(Registry registry) {
        Table table = new Table("command", "what");
        registry.getCommands().stream()
                .filter(command -> command.getScope().equals(SCOPE))
                .sorted(Comparator.comparing(Command::getName))
                .forEach(command -> table.row(command.getName(), command.getDescription()));
        return table.text(Table.COLUMNS) + "COMMAND --help shows options and an example.\n";
    }

    private Commands.Result run(Caller caller, Command command, List<String> arguments) {
        Bounded out = new Bounded();
        Bounded err = new Bounded();
        PrintStream printOut = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream printErr = new PrintStream(err, false, StandardCharsets.UTF_8);
        InputStream in = new ByteArrayInputStream(new byte[0]);
        Session session = sessions.create(in, printOut, printErr);
        session.put(Callers.ERRORS, printErr);
        callers.open(session, caller);
        int exit;
        try {
            Object result = session.execute(line(session, command, arguments));
            exit = result instanceof Integer code ? code : 0;
        } catch (CommandException e) {
            printErr.println("candor: " + e.getMessage() + " (" + command.getName() + " --help)");
            exit = WRONG;
        } catch (Exception e) {
            LOG.error("Command {} failed", command.getName(), e);
            printErr.println("candor: the command failed inside the server, whose log shows how: " + e);
            exit = FAILED;
        } finally {
            callers.close(session);
            session.close();
        }
        printOut.flush();
        printErr.flush();
        return new Commands.Result(exit, text(out), text(err));
    }

    /**
     * The command with its arguments as variables of the session: the shell passes a variable's value on as it is, whatever it
     * holds.
     */
    private static String line(Session session, Command command, List<String> arguments) {
        StringBuilder line = new StringBuilder(SCOPE + ":" + command.getName());
        for (int i = 0; i < arguments.size(); i++) {
            String name = "argument" + i;
            session.put(name, arguments.get(i));
            line.append(" $").append(name);
        }
        return line.toString();
    }

    private static String text(Bounded output) {
        return COLOURS.matcher(output.toString(StandardCharsets.UTF_8)).replaceAll("");
    }

    /** Output that stays in memory: a limit keeps one command from taking all of it. */
    private static final class Bounded extends ByteArrayOutputStream {
        @Override
        public synchronized void write(int b) {
            if (count < MOST_OUTPUT) {
                super.write(b);
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            super.write(bytes, from, Math.min(length, MOST_OUTPUT - Math.min(count, MOST_OUTPUT)));
        }
    }
}
