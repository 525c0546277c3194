package org.candor.api.compute;

/**
 * Which keys a query sees in {@link Ops#cachedAttention}, and how scores are made.
 *
 * @param heads query heads, a multiple of {@code keyValueHeads}
 * @param keyValueHeads heads of keys and values
 * @param headSize columns of one head
 * @param scale of q kᵀ; usually 1 / sqrt(headSize)
 * @param causal whether a query sees no key behind its own position
 * @param window most keys that a causal query sees, its own included; 0 for all
 * @param softCap c in c * tanh(score / c), applied to scaled scores; 0 for none
 */
public record AttentionShape(
        int heads, int keyValueHeads, int headSize, float scale, boolean causal, int window, float softCap) {

    /** @throws IllegalArgumentException when a number is out of range or the heads do not divide */
    public AttentionShape {
        if (keyValueHeads <= 0 || heads <= 0 || heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    heads + " query heads are no multiple of " + keyValueHeads + " key and value heads");
        }
        if (headSize <= 0) {
            throw new IllegalArgumentException("headSize " + headSize + ", at least 1 is needed");
        }
        if (window < 0 || window > 0 && !causal) {
            throw new IllegalArgumentException(
                    "window " + window + ": 0 for none, or a positive one where attention is causal");
        }
        if (!(softCap >= 0) || !Float.isFinite(softCap) || !Float.isFinite(scale)) {
            throw new IllegalArgumentException(
                    "scale " + scale + " and softCap " + softCap + ": both must be finite, and the cap not negative");
        }
    }

    /** Causal attention over all keys, without a cap. */
    public static AttentionShape causal(int heads, int keyValueHeads, int headSize, float scale) {
        return new AttentionShape(heads, keyValueHeads, headSize, scale, true, 0, 0);
    }

    /** Query heads that share a head of keys and values. */
    public int group() {
        return heads / keyValueHeads;
    }

    /** The first key that a query at this position sees. */
    public int firstKey(int position) {
        return window == 0 ? 0 : Math.max(0, position - window + 1);
    }

    /** One behind the last key that a query at this position sees, of so many. */
    public int endKey(int position, int keys) {
        return causal ? position + 1 : keys;
    }
}
