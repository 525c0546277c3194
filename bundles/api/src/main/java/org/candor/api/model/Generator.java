package org.candor.api.model;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * A loaded model that gives scores of the next token. It computes and caches; which texts are read when, and which token is
 * taken, is its user's business. Used by one thread at a time. Use after close throws {@link IllegalStateException}.
 *
 * <p>A token's scores have the same bytes whatever else is in its pass, however the text before it was divided into passes
 * and in whichever blocks its keys lie.
 */
public interface Generator extends AutoCloseable {

    /**
     * New tokens of one text.
     *
     * @param text of this generator, once in a pass
     * @param ids at least one
     * @param totalLength tokens of the text when its prompt is read to the end, or, after that, with these: rotary
     *     embeddings that stretch with a text go by it, so it is the same for every part of a prompt
     * @param scores after how many of the last of these tokens scores are wanted, 0 to all of them
     */
    record Step(CachedText text, int[] ids, int totalLength, int scores) {

        /** @param scored whether the scores after the last of these tokens are wanted */
        public Step(CachedText text, int[] ids, int totalLength, boolean scored) {
            this(text, ids, totalLength, scored ? 1 : 0);
        }
    }

    /** Number of token ids. */
    int vocabulary();

    /** Most tokens of one text, and of what an encoder reads before it. */
    int maxTokens();

    /** Tokens that end a text. */
    Set<Integer> endTokens();

    /** Tokens of one block of the cache. */
    int blockTokens();

    /** Blocks that no text holds. */
    int freeBlocks();

    /**
     * Whether it makes no difference to a token's scores of which of two total lengths its text is said to be: some rotary
     * embeddings stretch with a text.
     */
    boolean indifferent(int totalLength, int other);

    /**
     * The token that a decoder with an encoder before it begins with, -1 where there is no encoder. With an encoder prompts are
     * what it reads: a text is opened by {@link #open(int[])}, and its first token is this one.
     */
    default int decoderStart() {
        return -1;
    }

    /**
     * Loads a low-rank adapter in the files of PEFT (adapter_config.json, adapter_model.safetensors). May be called by any
     * thread, also during a pass.
     *
     * @throws ModelFormatException when a file is missing or damaged, asks for something not supported, or does not fit this
     *     model, which has no encoder; the message names the file, the rule and, where known, the key or tensor
     * @throws org.candor.api.compute.BackendException when memory is exhausted
     */
    Adapter adapt(ModelFiles files) throws IOException;

    /**
     * About how many bytes {@link #adapt} and its texts would hold: weights, and buffers of passes of so many tokens, which adapters
     * share. Only headers are read. May be called by any thread.
     *
     * @throws ModelFormatException as for {@link #adapt}
     */
    long adapterBytes(ModelFiles files, int passTokens) throws IOException;

    /**
     * A new, empty text.
     *
     * @throws UnsupportedOperationException when an encoder reads first ({@link #decoderStart})
     */
    default CachedText open() {
        return open((Adapter) null);
    }

    /**
     * A new, empty text that is read with an adapter; its forks are, too.
     *
     * @param adapter of this generator, or null for the model as it is
     * @throws UnsupportedOperationException when an encoder reads first ({@link #decoderStart})
     * @throws IllegalArgumentException when the adapter is closed or another generator's
     */
    CachedText open(Adapter adapter);

    /**
     * A new, empty text after an encoder has read its input, in a pass of its own. What the decoder keeps of the input takes as
     * many blocks as a text of so many tokens, besides those of the text; forks share them, and {@link CachedText#truncate} leaves
     * them. Nothing of it counts in {@link CachedText#length} and {@link CachedText#blocksFor}.
     *
     * @param input token ids, at least one, at most {@link #maxTokens}
     * @throws UnsupportedOperationException when the model has no encoder
     * @throws IllegalArgumentException when the input does not fit the model
     * @throws org.candor.api.compute.BackendException when too few blocks are free; none is taken then
     */
    default CachedText open(int[] input) {
        throw new UnsupportedOperationException("the model has no encoder");
    }

    /**
     * Reads new tokens of some texts in one pass.
     *
     * @param scores becomes the wanted scores before softmax, (scored tokens, vocabulary), in the order of the steps and their
     *     tokens
     * @throws IllegalArgumentException when a step does not fit the model, or scores have too little room
     * @throws IllegalStateException when a text is {@link CachedText#stale} or closed
     * @throws org.candor.api.compute.BackendException when too few blocks are free; no text has become longer then
     */
    void forward(List<Step> steps, float[] scores);

    /** Processor time of all passes so far, summed over threads: the basis of energy attribution. */
    long busyNanos();

    /** Bytes of weights, buffers and cache. */
    long bytes();

    @Override
    void close();
}
