package org.candor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.candor.proof.Json;
import org.candor.proof.JsonException;

/** {@code verify}: checks a saved answer or text offline, with the log's public key only. */
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
            throw Failure.wrong(
                    "verify needs a file: an answer saved by ./candor ask --json, or a text by ./candor generate --json");
        }
        byte[] saved = read(file);
        Verification verification = new Verification(key);
        if (isCompletion(saved)) {
            terminal.out().println(verification.verifyText(saved, null));
            terminal.say("what was asked is not in the file, and was not checked");
        } else {
            terminal.out().println(verification.verify(saved));
        }
        return 0;
    }

    /** What is no JSON at all is an answer that does not hold. */
    private static boolean isCompletion(byte[] saved) {
        try {
            return TextProof.isCompletion(Json.parseExactObject(saved));
        } catch (JsonException e) {
            return false;
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Failure.failed("cannot read " + file + " (" + e.getClass().getSimpleName() + ")");
        }
    }
}
