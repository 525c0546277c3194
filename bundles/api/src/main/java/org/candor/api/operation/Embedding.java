package org.candor.api.operation;

import java.util.List;
import org.candor.api.model.Embeddings;
import org.candor.api.model.ModelId;

/** Operation {@code embed}. Thread safe. */
public interface Embedding {

    /**
     * @param model that was used
     * @param embeddings in the order of the inputs
     * @param evidence its log entry is durable
     */
    record Result(ModelId model, Embeddings embeddings, Evidence evidence) {}

    /**
     * Encodes texts; no prefix is added.
     *
     * @param model route, for example {@code encoder-en}
     * @param texts 1 to 2,048; none empty, blank ones are allowed
     * @param purpose or null for {@link Answers#DEFAULT_PURPOSE}
     * @param user of the caller's tenant for whom it is done, so that their consent counts; null for the caller
     * @throws OperationException INVALID, DENIED, NOT_FOUND (no such model), BUSY or UNAVAILABLE
     */
    Result embed(Caller caller, String model, List<String> texts, String purpose, String user);

    /**
     * Encodes token ids of the model's own vocabulary, special ones included by the caller.
     *
     * @param model route, for example {@code encoder-en}
     * @param tokens 1 to 2,048 sequences, none empty
     * @param purpose or null for {@link Answers#DEFAULT_PURPOSE}
     * @param user of the caller's tenant for whom it is done, so that their consent counts; null for the caller
     * @throws OperationException INVALID (an id outside the vocabulary too), DENIED, NOT_FOUND, BUSY or UNAVAILABLE
     */
    Result embedTokens(Caller caller, String model, List<int[]> tokens, String purpose, String user);
}
