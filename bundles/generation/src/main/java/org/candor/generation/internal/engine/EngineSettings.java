package org.candor.generation.internal.engine;

import java.util.Objects;

/**
 * Limits of one model's engine.
 *
 * @param passTokens most tokens of one pass, 16 to 65,536; at least {@code sequences}
 * @param sequences most texts that are read or written at a time, 1 to 1,024
 * @param waiting most texts that wait, 0 to 100,000
 * @param speculation whether tokens are guessed
 */
public record EngineSettings(int passTokens, int sequences, int waiting, Speculation speculation) {

    /** Whether tokens are guessed from what a text said before, and read together with those that are taken. */
    public enum Speculation {
        /** Where it pays. */
        AUTO,
        /** Never. */
        OFF
    }

    /** @throws IllegalArgumentException naming the key and what is allowed */
    public EngineSettings {
        within("passTokens", passTokens, 16, 65_536);
        within("sequences", sequences, 1, 1_024);
        within("waiting", waiting, 0, 100_000);
        Objects.requireNonNull(speculation, "speculation");
        if (passTokens < sequences) {
            throw new IllegalArgumentException("passTokens " + passTokens + " is not allowed (at least sequences, "
                    + sequences + ": each text takes a token of a pass)");
        }
    }

    /** Tokens are guessed where it pays. */
    public EngineSettings(int passTokens, int sequences, int waiting) {
        this(passTokens, sequences, waiting, Speculation.AUTO);
    }

    private static void within(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " " + value + " is not allowed (" + least + " to " + most + ")");
        }
    }
}
