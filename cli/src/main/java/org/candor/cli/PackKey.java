package org.candor.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.candor.proof.InvalidProofException;
import org.candor.proof.SigningKey;

/** {@code pack-key NAME FILE}: makes a key to sign packs with. Its public half, the verifier key, is printed. */
final class PackKey {

    private final Instance instance;
    private final Terminal terminal;

    PackKey(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
    }

    int run(List<String> arguments) {
        if (arguments.size() != 2) {
            throw Failure.wrong("pack-key takes a name and a file: ./candor pack-key packs.example.org packs.key");
        }
        SigningKey key;
        try {
            key = SigningKey.generate(arguments.getFirst());
        } catch (InvalidProofException e) {
            throw Failure.wrong(e.getMessage());
        }
        Path file = instance.directory().resolve(arguments.get(1));
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, key.secret() + "\n", StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw Failure.failed(file + " is there already: a key is never overwritten");
        } catch (IOException e) {
            throw Failure.failed("cannot write " + file + " (" + e.getClass().getSimpleName() + ")");
        }
        terminal.out().println(key.verifier());
        terminal.say(
                "the key is in " + file + "; whoever has it signs as " + arguments.getFirst()
                        + ". The line above is its public half, for trustedKeys in etc/org.candor.models.cfg or etc/org.candor.policy.cfg");
        return 0;
    }
}
