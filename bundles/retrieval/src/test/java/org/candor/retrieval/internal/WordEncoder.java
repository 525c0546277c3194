package org.candor.retrieval.internal;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.candor.api.model.Embeddings;
import org.candor.api.model.TextEncoder;

/** An encoder for tests: a text's vector is the sum of a random vector for each word, so that shared words are near. */
public final class WordEncoder implements TextEncoder {
    private final int dimensions;
    private final long seed;
    private final int maxTokens;

    public WordEncoder(int dimensions, long seed, int maxTokens) {
        this.dimensions = dimensions;
        this.seed = seed;
        this.maxTokens = maxTokens;
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public int maxTokens() {
        return maxTokens;
    }

    @Override
    public String queryPrefix() {
        return "";
    }

    @Override
    public Embeddings embed(List<String> texts) {
        float[][] vectors = new float[texts.size()][];
        int[] tokens = new int[texts.size()];
        boolean[] truncated = new boolean[texts.size()];
        for (int i = 0; i < vectors.length; i++) {
            String[] words = texts.get(i).toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+|(?<=\\p{IsHan})");
            tokens[i] = Math.min(maxTokens, words.length);
            truncated[i] = words.length > maxTokens;
            vectors[i] = new float[dimensions];
            for (int w = 0; w < tokens[i]; w++) {
                Random random = new Random(words[w].hashCode() * 31L + seed);
                for (int d = 0; d < dimensions; d++) {
                    vectors[i][d] += (float) random.nextGaussian();
                }
            }
        }
        return new Embeddings(vectors, tokens, truncated, 1);
    }

    @Override
    public Embeddings embedTokens(List<int[]> ids) {
        throw new UnsupportedOperationException("tests encode texts");
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {}
}
