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
     * @throws OperationException INVALID, DENIED, NOT_FOUND (no such model) or UNAVAILABLE
     */
    Result embed(Caller caller, String model, List<String> texts, String purpose);
}
