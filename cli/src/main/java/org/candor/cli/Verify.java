package org.candor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code verify}: checks a saved answer offline, with the log's public key only. */
final class Verify {

    private final Instance instance;
    private final Terminal terminal;

    Verify(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
    }

    int run(List<String> arguments) {
        Path file = null;
        Path key = instance.logKey();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--key")) {
                if (++i == arguments.size()) {
                    throw Failure.wrong("--key needs a file with the log's verifier key");
                }
                key = instance.directory().resolve(arguments.get(i));
            } else if (argument.startsWith("-") && argument.length() > 1) {
                throw Failure.wrong("verify does not know " + argument);
            } else if (file == null) {
                file = instance.directory().resolve(argument);
            } else {
                throw Failure.wrong("verify takes one file");
            }
        }
        if (file == null) {
            throw Failure.wrong("verify needs a file: an answer saved by ./candor ask --json");
        }
        String proof = new Verification(key).verify(read(file));
        terminal.out().println(proof);
        return 0;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Failure.failed("cannot read " + file + " (" + e.getClass().getSimpleName() + ")");
        }
    }
}
