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
