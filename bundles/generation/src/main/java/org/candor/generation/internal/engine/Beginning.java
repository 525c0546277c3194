package org.candor.generation.internal.engine;

/**
 * What a text begins with. Arrays are not to be changed.
 *
 * @param encoded what the model's encoder reads before anything is written; empty for a model without an encoder
 * @param read tokens that are read first: the prompt, or, after an encoder, the token that its decoder begins with
 */
record Beginning(int[] encoded, int[] read) {

    private static final int[] NOTHING = {};

    /** @param decoderStart as {@link org.candor.api.model.Generator#decoderStart} */
    static Beginning of(int[] prompt, int decoderStart) {
        return decoderStart < 0 ? new Beginning(NOTHING, prompt) : new Beginning(prompt, new int[] {decoderStart});
    }

    boolean hasEncoded() {
        return encoded.length > 0;
    }
}
