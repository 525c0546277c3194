package org.candor.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.candor.proof.AnswerVerifier;
import org.candor.proof.InvalidProofException;
import org.candor.proof.TlogProof;
import org.candor.proof.VerifierKey;

/**
 * Checks answers against the log's public key, without asking the server.
 *
 * @param keyFile holds the log's C2SP verifier key
 */
record Verification(Path keyFile) {

    /**
     * Checks signature, inclusion and every commitment.
     *
     * @param answer the server's object, byte for byte
     * @return what was verified, for the person: "proof verified: entry 41 of 42", entries counted from 0
     * @throws Failure with the reason when anything does not hold
     */
    String verify(byte[] answer) {
        try {
            TlogProof.Verified verified = new AnswerVerifier(key(), List.of()).verify(answer);
            return "proof verified: entry " + verified.index() + " of "
                    + verified.checkpoint().size();
        } catch (InvalidProofException e) {
            throw Failure.failed("the proof does not hold: " + e.getMessage());
        }
    }

    private VerifierKey key() {
        String text;
        try {
            text = Files.readString(keyFile, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot read the log's key " + keyFile + " (" + e.getClass().getSimpleName()
                            + "): name a file that holds it with --key; ./candor status --json shows it as log.key");
        }
        try {
            return VerifierKey.parse(text);
        } catch (InvalidProofException e) {
            throw Failure.failed(keyFile + " holds no C2SP verifier key: " + e.getMessage());
        }
    }
}
