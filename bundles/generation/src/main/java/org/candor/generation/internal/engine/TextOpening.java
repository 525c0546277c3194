package org.candor.generation.internal.engine;

import org.candor.api.generate.GenerationException;
import org.candor.api.generate.GenerationException.Kind;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens texts that share nothing with others. Where the model has an encoder, it reads what the text is written after, in a pass of
 * its own; in one turn of the loop it reads until it has had as many tokens as a pass may have, so that texts that are being
 * written go on. Used by the scheduler's thread.
 */
final class TextOpening {

    private static final Logger LOG = LoggerFactory.getLogger(TextOpening.class);

    private final Generator generator;
    private final int passTokens;
    private int encodedNow;
    private long passes;

    TextOpening(Generator generator, int passTokens) {
        this.generator = generator;
        this.passTokens = passTokens;
    }

    /** A turn of the loop begins. */
    void begin() {
        encodedNow = 0;
    }

    /** Whether more texts may be opened in this turn. */
    boolean goesOn() {
        return encodedNow < passTokens;
    }

    /** Blocks for the text as it is, and for its next token. */
    int blocks(Sequence sequence) {
        int blockTokens = generator.blockTokens();
        return Math.ceilDiv(sequence.beginning().encoded().length, blockTokens)
                + Math.ceilDiv(sequence.history().length() + 1, blockTokens);
    }

    /** The text, or null where the encoder failed: all that it belongs to has ended then, and nothing else. */
    CachedText open(Sequence sequence) {
        int[] encoded = sequence.beginning().encoded();
        if (encoded.length == 0) {
            return generator.open(sequence.adapter());
        }
        encodedNow += encoded.length;
        passes++;
        long before = generator.busyNanos();
        try {
            return generator.open(encoded);
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("The model's encoder failed on a prompt of {} tokens", encoded.length, e);
            sequence.submission()
                    .fail(new GenerationException(
                            Kind.FAILED, "prompt", "The model failed on the prompt; the server's log shows why.", e));
            return null;
        } finally {
            sequence.submission().worked(generator.busyNanos() - before);
        }
    }

    /** Passes of the encoder so far. */
    long passes() {
        return passes;
    }
}
