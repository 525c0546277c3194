package org.candor.models.internal;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.model.Embeddings;
import org.candor.api.model.TextEncoder;

/** Encodes a text as its length and its first character; says how many are open. */
final class FakeEncoder implements TextEncoder {

    private final AtomicInteger open;
    private boolean closed;

    FakeEncoder(AtomicInteger open) {
        this.open = open;
        open.incrementAndGet();
    }

    @Override
    public int dimensions() {
        return 2;
    }

    @Override
    public int maxTokens() {
        return 16;
    }

    @Override
    public String queryPrefix() {
        return "q: ";
    }

    @Override
    public synchronized Embeddings embed(List<String> texts) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        int n = texts.size();
        float[][] vectors = new float[n][];
        int[] tokens = new int[n];
        for (int i = 0; i < n; i++) {
            vectors[i] = new float[] {texts.get(i).length(), texts.get(i).charAt(0)};
            tokens[i] = texts.get(i).length();
        }
        return new Embeddings(vectors, tokens, new boolean[n], 1);
    }

    @Override
    public Embeddings embedTokens(List<int[]> ids) {
        throw new IllegalStateException("not asked for in these tests");
    }

    @Override
    public long bytes() {
        return 1;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            open.decrementAndGet();
        }
    }
}
