package org.candor.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The command line's client. The launcher {@code candor} finds Java, builds and starts the server; what needs HTTP, JSON or
 * cryptography is done here. Answers go to standard output, everything else to standard error.
 */
public final class Main {

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // The locale of a bare container is often not UTF-8; answers are.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int exitCode;
        try {
            exitCode =
                    run(Instance.fromSystemProperties(), Terminal.fromSystemProperties(out, err), List.of(arguments));
        } catch (Failure failure) {
            err.println("candor: " + failure.getMessage());
            exitCode = failure.exitCode();
        } catch (RuntimeException defect) {
            err.println("candor: a defect of this command: " + defect + " at " + defect.getStackTrace()[0]);
            exitCode = Failure.FAILED;
        }
        out.flush();
        System.exit(exitCode);
    }

    static int run(Instance instance, Terminal terminal, List<String> arguments) {
        if (arguments.isEmpty()) {
            throw Failure.wrong("no command given");
        }
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (arguments.getFirst()) {
            case "free" -> Ports.requireFree(rest);
            case "await" -> new Readiness(instance, terminal).await(rest);
            case "ask" -> new Ask(instance, terminal).run(rest);
            case "generate" -> new Generate(instance, terminal).run(rest);
            case "install" -> new Install(instance, terminal).run(rest);
            case "status" -> new Status(instance, terminal).run(rest);
            case "verify" -> new Verify(instance, terminal).run(rest);
            case "pack-key" -> new PackKey(instance, terminal).run(rest);
            case "pack-sign" -> new PackSign(instance, terminal).run(rest);
            case "shell" -> new RemoteShell(instance, terminal).run(rest);
            case "restore" -> new Restore(instance, terminal).run(rest);
            case "passwd" -> new Password(instance, terminal).run(rest);
            case "rehearse" -> Rehearsal.run(instance);
            default -> throw Failure.wrong("unknown command \"" + arguments.getFirst() + "\"");
        };
    }
}
