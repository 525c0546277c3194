package org.candor.benchmarks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.candor.api.model.Embeddings;
import org.candor.api.model.TextEncoder;

/**
 * Encodes whole passages and queries only; other texts get one and the same vector. Ranking passages does not look at
 * the vectors of their sentences, and encoding these too would double the time a ranking collection takes.
 *
 * @param passages texts that are encoded, besides queries
 * @param longer whatever has more chars is encoded too: no sentence of an abstract is as long
 */
record WholeTexts(TextEncoder encoder, Set<String> passages, int longer) implements TextEncoder {

    WholeTexts(TextEncoder encoder, Iterable<String> documents) {
        this(encoder, new HashSet<>(), 700);
        documents.forEach(document -> passages.add(document.strip()));
    }

    @Override
    public Embeddings embed(List<String> texts) {
        List<String> whole = new ArrayList<>();
        for (String text : texts) {
            if (isWhole(text)) {
                whole.add(text);
            }
        }
        Embeddings made = whole.isEmpty() ? null : encoder.embed(whole);
        float[][] vectors = new float[texts.size()][];
        int[] tokens = new int[texts.size()];
        boolean[] truncated = new boolean[texts.size()];
        int at = 0;
        for (int i = 0; i < vectors.length; i++) {
            if (isWhole(texts.get(i))) {
                vectors[i] = made.vectors()[at];
                tokens[i] = made.tokens()[at];
                truncated[i] = made.truncated()[at++];
            } else {
                vectors[i] = new float[encoder.dimensions()];
                vectors[i][0] = 1;
            }
        }
        return new Embeddings(vectors, tokens, truncated, made == null ? 0 : made.busyNanos());
    }

    private boolean isWhole(String text) {
        return text.length() > longer || passages.contains(text) || text.startsWith(encoder.queryPrefix());
    }

    @Override
    public int dimensions() {
        return encoder.dimensions();
    }

    @Override
    public int maxTokens() {
        return encoder.maxTokens();
    }

    @Override
    public String queryPrefix() {
        return encoder.queryPrefix();
    }

    @Override
    public Embeddings embedTokens(List<int[]> ids) {
        return encoder.embedTokens(ids);
    }

    @Override
    public long bytes() {
        return encoder.bytes();
    }

    @Override
    public void close() {}
}
