package org.candor.api.generate;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.tokenize.Tokenizer;

/**
 * A loaded model that writes several texts at once. Within one arithmetic a text is a function of its request: the same
 * alone or beside others, with or without a part of its prompt in the cache, before and after it gave its place. Thread safe.
 */
public interface TextGenerator extends AutoCloseable {

    /** The model's tokenizer, or null: then prompts are token ids, and continuations have no text. */
    Tokenizer tokenizer();

    /** How a conversation becomes a prompt, or null where the model has no template. */
    ChatTemplate chatTemplate();

    /** Special tokens that the template may look at, by name, for example {@code bos_token}. */
    Map<String, String> specialTokens();

    /** What the model's authors recommend, and otherwise {@link Sampling#PLAIN}. */
    Sampling recommended();

    /**
     * Whether prompts are what an encoder reads, so that a text is written after its prompt and does not go on from it: a
     * translation, a summary.
     */
    default boolean encodesPrompts() {
        return false;
    }

    /** Number of token ids. */
    int vocabulary();

    /** Most tokens of one text, prompt included. */
    int maxTokens();

    /**
     * Continues prompts, all of them at once. Returns when the last continuation has ended; the work itself is done on the
     * generator's own threads. An interrupt ends it.
     *
     * @param requests at least one
     * @param listener told on the calling thread, or on the generator's where it {@linkplain GenerationListener#handsOn hands on}
     * @throws GenerationException INVALID, BUSY, CANCELLED (by the listener, an interrupt or {@link #close}) or FAILED
     */
    Generated generate(List<GenerationRequest> requests, GenerationListener listener);

    /**
     * This model with a low-rank adapter in PEFT's files: its texts are read and written in the same passes and take room in
     * the same cache, but what the cache holds of one adapter's texts serves no other's, nor the model's own. Closing it ends
     * its texts only; it is closed with this at the latest.
     *
     * @throws org.candor.api.model.ModelFormatException when the files are damaged, ask for something not supported or do not
     *     fit this model, or this model takes no adapters
     * @throws org.candor.api.compute.BackendException when memory is exhausted
     */
    default TextGenerator adapt(ModelFiles files) throws IOException {
        throw new ModelFormatException(files.id().name() + ": this model takes no adapters");
    }

    /**
     * About how many bytes {@link #adapt} would hold besides this model's. Only headers are read.
     *
     * @throws org.candor.api.model.ModelFormatException as for {@link #adapt}
     */
    default long adapterBytes(ModelFiles files) throws IOException {
        throw new ModelFormatException(files.id().name() + ": this model takes no adapters");
    }

    GeneratorStatus status();

    /** Bytes of weights, buffers and cache; of an adapter those that it needs besides its base's. */
    long bytes();

    /** Ends what still runs and gives everything back; closing twice does nothing. */
    @Override
    void close();
}
