package org.candor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.candor.proof.InvalidProofException;
import org.candor.proof.PackIdentity;
import org.candor.proof.SigningKey;

/** {@code pack-sign PACK --key FILE}: checks a model or policy pack, a jar or a folder, and puts a signature over its digest into it. */
final class PackSign {

    private final Instance instance;
    private final Terminal terminal;

    PackSign(Instance instance, Terminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
    }

    int run(List<String> arguments) {
        Path pack = null;
        Path key = null;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--key") && i + 1 < arguments.size()) {
                key = instance.directory().resolve(arguments.get(++i));
            } else if (argument.startsWith("-") || pack != null) {
                throw Failure.wrong("pack-sign does not know " + argument);
            } else {
                pack = instance.directory().resolve(argument).normalize();
            }
        }
        if (pack == null || key == null) {
            throw Failure.wrong("pack-sign takes a pack and a key: ./candor pack-sign my-encoder.jar --key packs.key");
        }
        SigningKey signer = read(key);
        try (UnsignedPack unsigned = UnsignedPack.open(pack)) {
            PackIdentity identity = CheckedPack.of(unsigned);
            unsigned.put(PackIdentity.SIGNATURE, signer.sign(identity.statement()));
            terminal.out()
                    .println(identity.name() + " " + identity.version() + " " + identity.digest() + " is signed by "
                            + signer.verifier().name());
        } catch (IOException e) {
            throw Failure.failed(pack + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
        return 0;
    }

    private static SigningKey read(Path file) {
        try {
            return SigningKey.parse(Files.readString(file));
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot read the key " + file + " (" + e.getClass().getSimpleName() + ")");
        } catch (InvalidProofException e) {
            throw Failure.failed(file + ": " + e.getMessage() + "; ./candor pack-key makes one");
        }
    }
}
