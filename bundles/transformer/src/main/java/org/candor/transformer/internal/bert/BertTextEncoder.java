package org.candor.transformer.internal.bert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.Tensor;
import org.candor.api.model.Embeddings;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.TextEncoder;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.transformer.internal.TokenSequence;

/** Turns texts into vectors: tokens, hidden states, pooling, normalisation. */
final class BertTextEncoder implements TextEncoder {

    private final BertModel model;
    private final Tokenizer tokenizer;
    private final EncoderSettings settings;
    private final EncodeOptions options;

    BertTextEncoder(BertModel model, Tokenizer tokenizer, EncoderSettings settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.settings = settings;
        this.options = EncodeOptions.truncatedAt(settings.maxTokens());
    }

    @Override
    public int dimensions() {
        return model.configuration().hidden();
    }

    @Override
    public int maxTokens() {
        return settings.maxTokens();
    }

    @Override
    public String queryPrefix() {
        return settings.queryPrefix();
    }

    @Override
    public Embeddings embed(List<String> texts) {
        long start = System.nanoTime();
        List<TokenSequence> sequences = new ArrayList<>(texts.size());
        boolean[] truncated = new boolean[texts.size()];
        for (int i = 0; i < truncated.length; i++) {
            Encoding encoding = tokenizer.encode(new TokenizerInput.Text(texts.get(i)), options);
            truncated[i] = !encoding.overflowing().isEmpty();
            sequences.add(new TokenSequence(encoding.ids(), encoding.typeIds(), encoding.attentionMask()));
        }
        return embed(sequences, truncated, System.nanoTime() - start);
    }

    @Override
    public Embeddings embedTokens(List<int[]> ids) {
        List<TokenSequence> sequences = new ArrayList<>(ids.size());
        boolean[] truncated = new boolean[ids.size()];
        for (int i = 0; i < truncated.length; i++) {
            int[] sequence = ids.get(i);
            truncated[i] = sequence.length > settings.maxTokens();
            sequences.add(TokenSequence.of(truncated[i] ? Arrays.copyOf(sequence, settings.maxTokens()) : sequence));
        }
        return embed(sequences, truncated, 0);
    }

    private Embeddings embed(List<TokenSequence> sequences, boolean[] truncated, long spentNanos) {
        float[][] vectors = new float[truncated.length][];
        int[] tokens = new int[truncated.length];
        long busyNanos = spentNanos;
        int done = 0;
        for (BertBatch batch : model.batches(sequences)) {
            int count = batch.sequences().count();
            for (int i = 0; i < count; i++) {
                tokens[done + i] = batch.sequences().length(i);
            }
            busyNanos += embed(batch, vectors, done);
            done += count;
        }
        return new Embeddings(vectors, tokens, truncated, busyNanos);
    }

    private long embed(BertBatch batch, float[][] vectors, int offset) {
        return model.with(batch, (ops, space) -> {
            long before = ops.busyNanos();
            Tensor pooled = pool(ops, space, batch);
            if (settings.normalize()) {
                ops.normalize(pooled, pooled);
            }
            float[][] rows = Rows.read(ops, pooled);
            System.arraycopy(rows, 0, vectors, offset, rows.length);
            return ops.busyNanos() - before;
        });
    }

    private Tensor pool(Ops ops, Workspace space, BertBatch batch) {
        return switch (settings.pooling()) {
            case FIRST -> model.forwardFirst(space, batch);
            case MEAN -> {
                Tensor x = model.forward(space, batch, BertModel.Observer.NONE);
                Tensor pooled = space.rows(batch.tokens())
                        .scratch()
                        .rows(0, batch.sequences().count());
                ops.pool(x, batch.sequences(), Pooling.MEAN, pooled);
                yield pooled;
            }
        };
    }

    @Override
    public long bytes() {
        return model.bytes();
    }

    @Override
    public void close() {
        model.close();
    }
}
