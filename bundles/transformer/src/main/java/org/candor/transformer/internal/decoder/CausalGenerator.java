package org.candor.transformer.internal.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;

/** A decoder without an encoder, and the cache of its texts. */
final class CausalGenerator implements Generator {

    private final DecoderModel model;
    private final KeyValueCache cache;
    private boolean closed;

    CausalGenerator(DecoderModel model, KeyValueCache cache) {
        this.model = model;
        this.cache = cache;
    }

    private record Text(CausalGenerator owner, CachedSequence sequence) implements CachedText {
        @Override
        public int length() {
            return sequence.length();
        }

        @Override
        public int blocksFor(int tokens) {
            return sequence.blocksFor(tokens);
        }

        @Override
        public boolean stale(int totalLength) {
            return owner.model.stale(sequence, totalLength);
        }

        @Override
        public void truncate(int kept) {
            sequence.truncate(kept);
        }

        @Override
        public CachedText fork() {
            return new Text(owner, sequence.fork());
        }

        @Override
        public void close() {
            sequence.close();
        }
    }

    @Override
    public int vocabulary() {
        return model.configuration().vocabulary();
    }

    @Override
    public int maxTokens() {
        return model.maxTokens();
    }

    @Override
    public Set<Integer> endTokens() {
        return model.configuration().ends();
    }

    @Override
    public int blockTokens() {
        return cache.blockSize();
    }

    @Override
    public int freeBlocks() {
        return cache.freeBlocks();
    }

    @Override
    public boolean indifferent(int totalLength, int other) {
        return model.indifferent(totalLength, other);
    }

    @Override
    public CachedText open() {
        if (closed) {
            throw new IllegalStateException("the generator is closed");
        }
        return new Text(this, cache.open());
    }

    @Override
    public void forward(List<Step> steps, float[] scores) {
        List<DecoderModel.Part> parts = new ArrayList<>(steps.size());
        for (Step step : steps) {
            if (!(step.text() instanceof Text text) || text.owner != this) {
                throw new IllegalArgumentException("a text of another generator");
            }
            parts.add(new DecoderModel.Part(text.sequence, step.ids(), step.totalLength(), step.scores(), null));
        }
        model.forward(parts, scores, Stack.Observer.NONE);
    }

    @Override
    public long busyNanos() {
        return model.busyNanos();
    }

    @Override
    public long bytes() {
        return model.bytes() + cache.bytes();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            model.close();
            cache.close();
        }
    }
}
