package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.candor.api.model.Adapter;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.ModelFiles;

/**
 * A decoder, with an encoder before it or not, and the cache of its texts. Keys and values that it reads of an encoder's output
 * lie in blocks of the same cache: every layer has as many columns of one as of the other.
 */
final class CausalGenerator implements Generator {

    private final DecoderModel model;
    private final KeyValueCache cache;
    private boolean closed;

    CausalGenerator(DecoderModel model, KeyValueCache cache) {
        this.model = model;
        this.cache = cache;
    }

    /** @param encoded what an encoder read, or null */
    private record Text(CausalGenerator owner, CachedSequence sequence, CachedSequence encoded) implements CachedText {
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
            return new Text(owner, sequence.fork(), encoded == null ? null : encoded.fork());
        }

        @Override
        public void close() {
            sequence.close();
            if (encoded != null) {
                encoded.close();
            }
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
    public int decoderStart() {
        return model.configuration().start();
    }

    @Override
    public Adapter adapt(ModelFiles files) throws IOException {
        requireOpen();
        return model.adapt(files);
    }

    @Override
    public long adapterBytes(ModelFiles files, int passTokens) throws IOException {
        requireOpen();
        return model.adapterBytes(files, passTokens);
    }

    @Override
    public CachedText open(Adapter adapter) {
        requireOpen();
        if (model.configuration().encoder() != null) {
            throw new UnsupportedOperationException(
                    model.configuration().modelType() + " reads with an encoder before it writes");
        }
        return switch (adapter) {
            case null -> new Text(this, cache.open(), null);
            case LoraAdapter lora when lora.base() == model && !lora.closed() -> new Text(this, cache.open(lora), null);
            default -> throw new IllegalArgumentException("an adapter that is closed, or of another generator");
        };
    }

    @Override
    public CachedText open(int[] input) {
        requireOpen();
        List<CachedSequence> encoded = model.encode(cache, List.of(input), Stack.Observer.NONE);
        return new Text(this, cache.open(), encoded.getFirst());
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the generator is closed");
        }
    }

    @Override
    public void forward(List<Step> steps, float[] scores) {
        List<DecoderModel.Part> parts = new ArrayList<>(steps.size());
        for (Step step : steps) {
            if (!(step.text() instanceof Text text) || text.owner != this) {
                throw new IllegalArgumentException("a text of another generator");
            }
            parts.add(
                    new DecoderModel.Part(text.sequence, step.ids(), step.totalLength(), step.scores(), text.encoded));
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
