package org.candor.api.compute;

/**
 * A queue of forward operations on one {@link Backend}, executed in the order they are called. Operations may run
 * asynchronously: a call returns when the operation is queued; {@link #read} and {@link #finish} wait for everything
 * queued before. Arguments are checked when called. A failure on the device surfaces at the next waiting call as
 * {@link BackendException}.
 *
 * <p>Not thread safe: one thread uses a queue at a time. An output may be the same tensor as an input only where
 * stated. Nothing is allocated for the caller; every result goes to a tensor that the caller gave. For given inputs
 * the result's bytes are the same every time and do not depend on other sequences in the batch.
 */
public interface Ops extends AutoCloseable {

    /**
     * Copies numbers into a tensor, row by row.
     *
     * @param source at least {@code offset + y.rows() * y.columns()} numbers; may be changed after return
     * @param y F32
     */
    void upload(float[] source, int offset, Tensor y);

    /**
     * Copies whole numbers into a tensor, row by row.
     *
     * @param source at least {@code offset + y.rows() * y.columns()} numbers; may be changed after return
     * @param y I32
     */
    void upload(int[] source, int offset, Tensor y);

    /**
     * Waits for everything queued and copies a tensor out, row by row.
     *
     * @param x F32
     * @param target room for at least {@code offset + x.rows() * x.columns()} numbers
     */
    void read(Tensor x, float[] target, int offset);

    /**
     * y[t] = table[ids[t]], or y[t] += table[ids[t]].
     *
     * @param table (entries, hidden), F32
     * @param ids (1, tokens), I32; ids outside the table are a {@link BackendException}
     * @param accumulate true to add to y
     * @param y (tokens, hidden), F32
     */
    void embedding(Tensor table, Tensor ids, boolean accumulate, Tensor y);

    /**
     * y[t] = table[ids[t]], or y[t] += table[ids[t]], from a weight: for embeddings that the output layer shares.
     *
     * @param table (entries, hidden), any weight type
     * @param ids (1, tokens), I32; ids outside the table are a {@link BackendException}
     * @param accumulate true to add to y
     * @param y (tokens, hidden), F32
     */
    void embedding(Weight table, Tensor ids, boolean accumulate, Tensor y);

    /**
     * y = activation(x Wᵀ + b).
     *
     * @param x (tokens, inputs), F32
     * @param w (outputs, inputs), any weight type
     * @param bias (1, outputs), F32, or null
     * @param activation applied last
     * @param y (tokens, outputs), F32, overwritten; not x
     */
    void linear(Tensor x, Weight w, Tensor bias, Activation activation, Tensor y);

    /**
     * y = (u - mean(u)) / sqrt(var(u) + epsilon) * gamma + beta over the columns of u = x + residual (Ba et al. 2016).
     *
     * @param x (tokens, hidden), F32
     * @param residual (tokens, hidden), F32, or null for none
     * @param gamma (1, hidden)
     * @param beta (1, hidden)
     * @param epsilon added to the variance
     * @param y (tokens, hidden), F32; may be x or residual
     */
    void layerNorm(Tensor x, Tensor residual, Tensor gamma, Tensor beta, float epsilon, Tensor y);

    /**
     * y = x / sqrt(mean(x²) + epsilon) * gamma over each group of {@code gamma.columns()} columns (Zhang and Sennrich
     * 2019, equation 4). One group is a row's norm; a group for each head normalises queries and keys.
     *
     * @param x (tokens, groups * size), F32
     * @param gamma (1, size), F32; size divides the columns of x
     * @param epsilon added to the mean
     * @param y shape of x, F32; may be x
     */
    void rmsNorm(Tensor x, Tensor gamma, float epsilon, Tensor y);

    /**
     * Rotary position embedding (Su et al. 2021, equation 34) that rotates halves: of the first {@code rotary} columns
     * of each head, column i turns with column i + rotary / 2, for i below rotary / 2. The other columns stay.
     *
     * @param x (tokens, heads * headSize), F32
     * @param rows (1, tokens), I32: the row of the tables for each token, usually its position; one outside them is a
     *     {@link BackendException}
     * @param cos (positions, rotary / 2), F32; rotary is at most headSize
     * @param sin shape of cos, F32
     * @param headSize divides the columns of x
     * @param y shape of x, F32; may be x
     */
    void rope(Tensor x, Tensor rows, Tensor cos, Tensor sin, int headSize, Tensor y);

    /**
     * Multi-head attention within each sequence: y = softmax(scale * q kᵀ) v (Vaswani et al. 2017, equation 1).
     *
     * @param q (tokens, heads * headSize), F32; may be a view of columns
     * @param k (tokens, heads * headSize), F32; may be a view of columns
     * @param v (tokens, heads * headSize), F32; may be a view of columns
     * @param sequences where each sequence lies in the rows
     * @param heads divides the columns of q
     * @param scale usually 1 / sqrt(headSize)
     * @param y (tokens, heads * headSize), F32; not q, k or v
     */
    void attention(Tensor q, Tensor k, Tensor v, Sequences sequences, int heads, float scale, Tensor y);

    /**
     * The weights that {@link #attention} gives to one sequence, for explanations and tests.
     *
     * @param q (tokens, heads * headSize), F32
     * @param k (tokens, heads * headSize), F32
     * @param sequences where each sequence lies in the rows
     * @param sequence which one
     * @param heads divides the columns of q
     * @param scale usually 1 / sqrt(headSize)
     * @param y (heads * length, length), F32: row {@code head * length + query}, column key
     */
    void attentionWeights(Tensor q, Tensor k, Sequences sequences, int sequence, int heads, float scale, Tensor y);

    /**
     * Attention of new tokens over the keys and values in a paged cache, the new ones included, which
     * {@link #store} wrote before: y = softmax(cap(scale * q kᵀ) + bias) v over the keys that each query sees.
     *
     * <p>Query t of sequence i stands at {@code sequences.position(i) + t}. It sees the keys 0 up to its own position
     * where the shape is causal, otherwise all {@code sequences.keys(i)}; with a window only the last {@code window} of
     * them. Query head h reads key and value head {@code h / (heads / keyValueHeads)}.
     *
     * <p>A row of y has the same bytes whatever else is in the batch, however the tokens before it were divided into
     * passes, and in whichever blocks the keys lie: keys are summed in the order of their positions.
     *
     * @param q (tokens, heads * headSize), F32; may be a view of columns
     * @param keys (slots, keyValueHeads * headSize)
     * @param values shape and type of keys
     * @param sequences rows of each sequence and where its keys lie
     * @param shape heads, scale, and which keys are seen
     * @param bias (heads, 2 * reach + 1), F32, or null: column {@code reach + clamp(key - query, -reach, reach)} is
     *     added to a score, positions of key and query being meant
     * @param y (tokens, heads * headSize), F32; not q, keys or values
     */
    void cachedAttention(
            Tensor q,
            CacheTensor keys,
            CacheTensor values,
            CachedSequences sequences,
            AttentionShape shape,
            Tensor bias,
            Tensor y);

    /** The same with keys and values in F32, which may be views of columns. */
    default void cachedAttention(
            Tensor q,
            Tensor keys,
            Tensor values,
            CachedSequences sequences,
            AttentionShape shape,
            Tensor bias,
            Tensor y) {
        cachedAttention(q, CacheTensor.of(keys), CacheTensor.of(values), sequences, shape, bias, y);
    }

    /**
     * cache[slots[t]] = x[t]: writes keys or values of new tokens, rounded as the cache's type says ({@link CacheType}).
     *
     * @param x (tokens, columns), F32; may be a view of columns
     * @param slots (1, tokens), I32: no row twice; one outside the cache is a {@link BackendException}
     * @param cache (rows, columns); not x
     */
    void store(Tensor x, Tensor slots, CacheTensor cache);

    /** The same for a cache in F32. */
    default void store(Tensor x, Tensor slots, Tensor cache) {
        store(x, slots, CacheTensor.of(cache));
    }

    /**
     * y = x.
     *
     * @param x any type
     * @param y shape and type of x; may be another part of the same tensor
     */
    void copy(Tensor x, Tensor y);

    /**
     * y[rows[t]] += scales[t] * x[t], in the order of t: adds what an expert computed for some of the tokens.
     *
     * @param x (count, hidden), F32
     * @param rows (1, count), I32; one outside y is a {@link BackendException}
     * @param scales (1, count), F32
     * @param y (tokens, hidden), F32; not x
     */
    void addScaledRows(Tensor x, Tensor rows, Tensor scales, Tensor y);

    /**
     * y = activation(x), element by element.
     *
     * @param x F32
     * @param y shape of x, F32; may be x
     */
    void activate(Tensor x, Activation activation, Tensor y);

    /**
     * y = a + b, element by element.
     *
     * @param a F32
     * @param b shape of a, F32
     * @param y shape of a, F32; may be a or b
     */
    void add(Tensor a, Tensor b, Tensor y);

    /**
     * y = a * b, element by element.
     *
     * @param a F32
     * @param b shape of a, F32
     * @param y shape of a, F32; may be a or b
     */
    void multiply(Tensor a, Tensor b, Tensor y);

    /**
     * y = activation(gate) * up, element by element: gated linear units (Shazeer 2020).
     *
     * @param gate F32
     * @param up shape of gate, F32
     * @param y shape of gate, F32; may be gate, not up
     */
    void gate(Tensor gate, Tensor up, Activation activation, Tensor y);

    /**
     * y = factor * x, element by element.
     *
     * @param x F32
     * @param y shape of x, F32; may be x
     */
    void scale(Tensor x, float factor, Tensor y);

    /**
     * y = cap * tanh(x / cap), element by element.
     *
     * @param x F32
     * @param cap positive
     * @param y shape of x, F32; may be x
     */
    void softCap(Tensor x, float cap, Tensor y);

    /**
     * Each row of y is the softmax of the row of x.
     *
     * @param x (rows, columns), F32
     * @param y shape of x, F32; may be x
     */
    void softmax(Tensor x, Tensor y);

    /**
     * One row for each sequence.
     *
     * @param x (tokens, hidden), F32
     * @param sequences where each sequence lies in the rows
     * @param y (sequences, hidden), F32; not x
     */
    void pool(Tensor x, Sequences sequences, Pooling pooling, Tensor y);

    /**
     * Each row of y is the row of x divided by max(|row|, 1e-12), its Euclidean norm.
     *
     * @param x (rows, columns), F32
     * @param y shape of x, F32; may be x
     */
    void normalize(Tensor x, Tensor y);

    /** Waits until everything queued has run. */
    void finish();

    /**
     * Processor time this queue has used on the device, summed over its threads, in nanoseconds: the basis of energy
     * attribution. Includes everything finished so far.
     */
    long busyNanos();

    /** Waits for everything queued and releases the queue. Tensors stay. */
    @Override
    void close();
}
