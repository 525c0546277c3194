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
 * Checks answers and texts against the log's public key, without asking the server.
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
        return said(log -> new AnswerVerifier(log, List.of()).verify(answer));
    }

    /**
     * Checks a completion; see {@link #verify}.
     *
     * @param response the server's object, byte for byte
     * @param prompt that it answers, or null where that is not known: then it is not checked
     */
    String verifyText(byte[] response, String prompt) {
        return said(log -> TextProof.verify(response, prompt == null ? null : List.of(prompt), log));
    }

    /** Checks a text that came in pieces; see {@link TextProof}. */
    String verifyText(JsonObject candor, JsonObject usage, String prompt, TextProof.Written written) {
        return said(log -> TextProof.verify(candor, usage, List.of(prompt), List.of(written), log));
    }

    private interface Check {
        TlogProof.Verified with(VerifierKey log) throws InvalidProofException;
    }

    private String said(Check check) {
        try {
            TlogProof.Verified verified = check.with(key());
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
