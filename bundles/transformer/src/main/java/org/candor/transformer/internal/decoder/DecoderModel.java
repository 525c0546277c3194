package org.candor.transformer.internal.decoder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.candor.api.compute.Activation;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.CachedSequences;
import org.candor.api.compute.Ops;
import org.candor.api.compute.Sequences;
import org.candor.api.compute.Tensor;
import org.candor.api.model.ModelFiles;
import org.candor.transformer.internal.DeviceMemory;

/**
 * A model that gives scores of the next token: a decoder, with an encoder before it or not. Sequences keep their keys and
 * values in a cache, so a pass computes new tokens only. Used by one thread at a time.
 */
final class DecoderModel implements AutoCloseable {

    private static final int LEAST_CAPACITY = 32;

    /**
     * Everything on the device that is no block.
     *
     * @param embeddings of the vocabulary
     * @param positions (positions, hidden), or null
     * @param head (vocabulary, hidden)
     * @param ropes one for each rotary embedding of the decoder
     */
    record Tables(Embeddings embeddings, Tensor positions, StackWeights.Linear head, List<RotaryTables> ropes) {}

    /**
     * New tokens of one sequence.
     *
     * @param sequence what came before them
     * @param ids at least one
     * @param totalLength tokens of the whole text that is to be read before anything is written, these included: rotary
     *     embeddings that stretch with a text go by it. A prompt that is read in parts has the same in each
     * @param logits how many of the last tokens' scores are wanted
     * @param encoded the text that an encoder read, or null
     */
    record Part(CachedSequence sequence, int[] ids, int totalLength, int logits, CachedSequence encoded) {

        /** Tokens that end the text so far; the scores after the last one are wanted. */
        static Part of(CachedSequence sequence, int... ids) {
            return new Part(sequence, ids, sequence.length() + ids.length, 1, null);
        }

        /** The same tokens, in front of an encoder's output. */
        Part after(CachedSequence encoderOutput) {
            return new Part(sequence, ids, totalLength, logits, encoderOutput);
        }
    }

    private final DecoderConfiguration configuration;
    private final Tables tables;
    private final Stack decoder;
    private final Stack encoder;
    private final DeviceMemory memory;
    private final int maxTokens;
    private final Ops ops;
    private final List<Rotation> rotations = new ArrayList<>();
    private DecoderWorkspace space;
    private LoraWorkspace adapterSpace;
    private boolean closed;

    DecoderModel(
            DecoderConfiguration configuration,
            Tables tables,
            Stack decoder,
            Stack encoder,
            DeviceMemory memory,
            int maxTokens) {
        this.configuration = configuration;
        this.tables = tables;
        this.decoder = decoder;
        this.encoder = encoder;
        this.memory = memory;
        this.maxTokens = maxTokens;
        this.ops = memory.backend().ops();
    }

    DecoderConfiguration configuration() {
        return configuration;
    }

    /** Most tokens of one sequence. */
    int maxTokens() {
        return maxTokens;
    }

    /** Holds buffers for passes of so many tokens from now on. */
    void reserve(int tokens) {
        prepare(tokens);
    }

    /**
     * Loads an adapter for sequences of this model. May be called while another thread uses the model.
     *
     * @throws org.candor.api.model.ModelFormatException when the files are damaged or do not fit this model
     */
    LoraAdapter adapt(ModelFiles files) throws IOException {
        return LoraLoader.load(files, this, memory.backend());
    }

    /**
     * Bytes of an adapter's weights, and of buffers for passes of so many tokens that are read with it.
     *
     * @throws org.candor.api.model.ModelFormatException as for {@link #adapt}
     */
    long adapterBytes(ModelFiles files, int passTokens) throws IOException {
        return LoraLoader.bytes(files, this, passTokens);
    }

    /** A cache for the decoder's sequences, in binary32. */
    KeyValueCache cache(int blocks, int blockSize) {
        return cache(CacheType.F32, blocks, blockSize);
    }

    /** A cache for the decoder's sequences. */
    KeyValueCache cache(CacheType type, int blocks, int blockSize) {
        StackConfiguration stack = configuration.decoder();
        return new KeyValueCache(
                memory.backend(),
                type,
                stack.layers().size(),
                stack.keyValueHeads(),
                stack.headSize(),
                blocks,
                blockSize);
    }

    /**
     * Whether keys of a sequence were turned for a shorter text and have to be computed anew when the text has
     * {@code totalLength} tokens.
     */
    boolean stale(CachedSequence sequence, int totalLength) {
        return sequence.length() > 0
                && configuration.decoder().ropes().stream()
                        .anyMatch(rope -> rope.stale(sequence.totalLength(), totalLength));
    }

    /** Whether every rotary embedding turns alike in texts of these two lengths. */
    boolean indifferent(int totalLength, int other) {
        return configuration.decoder().ropes().stream()
                .allMatch(rope -> rope.table(totalLength) >= 0 && rope.table(totalLength) == rope.table(other));
    }

    /**
     * Reads new tokens of some sequences, each once, and appends them to the cache.
     *
     * @param parts sequences of one cache
     * @param logits becomes the wanted scores, (rows, vocabulary), of one part after the other
     * @throws IllegalArgumentException when a part does not fit the model
     * @throws IllegalStateException when a sequence is {@link #stale}
     * @throws org.candor.api.compute.BackendException when too few blocks are free; no sequence has become longer then
     */
    void forward(List<Part> parts, float[] logits, Stack.Observer observer) {
        requireOpen();
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("a pass needs at least one sequence");
        }
        Set<CachedSequence> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        int tokens = 0;
        int wanted = 0;
        for (Part part : parts) {
            check(part, parts.getFirst());
            if (!seen.add(part.sequence)) {
                throw new IllegalArgumentException("a sequence is in the pass twice");
            }
            tokens = Math.addExact(tokens, part.ids.length);
            wanted += part.logits;
        }
        if (logits.length < (long) wanted * configuration.vocabulary()) {
            throw new IllegalArgumentException(
                    "room for " + logits.length + " scores, but " + wanted + " rows of them are wanted");
        }
        for (Part part : parts) {
            part.sequence.reserve(ops, part.ids.length);
        }
        DecoderWorkspace.Views rows = prepare(tokens);
        List<Part> inRows = byAdapter(parts);
        Stack.Context context = context(inRows, rows);
        for (Rotation rotation : rotations) {
            rotation.prepare(ops, inRows);
        }
        tables.embeddings.look(ops, rows.ids(), rows.hidden());
        if (tables.positions != null) {
            ops.embedding(tables.positions, rows.positions(), true, rows.hidden());
        }
        decoder.forward(ops, rows, context, observer);
        if (observer != Stack.Observer.NONE) {
            decoder.finalNorm(ops, rows.hidden(), rows.normed());
            observer.normed(ops, rows.normed());
        }
        if (wanted > 0) {
            score(parts, lastRows(inRows), wanted, rows, logits);
        } else {
            ops.finish();
        }
        for (Part part : parts) {
            part.sequence.append(part.ids.length, part.totalLength);
        }
    }

    private void check(Part part, Part first) {
        if (part.ids.length == 0) {
            throw new IllegalArgumentException("a sequence needs at least one new token");
        }
        int length = part.sequence.length() + part.ids.length;
        if (length > maxTokens) {
            throw new IllegalArgumentException(
                    "a text of " + length + " tokens is too long; the model takes at most " + maxTokens);
        }
        if (part.totalLength < length) {
            throw new IllegalArgumentException(
                    "totalLength " + part.totalLength + " of a text that has " + length + " tokens already");
        }
        if (part.logits < 0 || part.logits > part.ids.length) {
            throw new IllegalArgumentException(
                    "scores after " + part.logits + " of " + part.ids.length + " new tokens are wanted");
        }
        checkIds(part.ids);
        if (part.sequence.cache() != first.sequence.cache()) {
            throw new IllegalArgumentException("the sequences of a pass are in different caches");
        }
        if ((part.encoded == null) != (encoder == null)
                || part.encoded != null && part.encoded.cache() != first.encoded.cache()) {
            throw new IllegalArgumentException(
                    encoder == null
                            ? configuration.modelType() + " has no encoder"
                            : "every sequence of a pass needs an encoded text, all in one cache");
        }
        LoraAdapter adapter = part.sequence.adapter();
        if (adapter != null && (adapter.base() != this || adapter.closed())) {
            throw new IllegalStateException("the sequence's adapter is closed, or another model's");
        }
        if (stale(part.sequence, part.totalLength)) {
            throw new IllegalStateException("keys of this sequence were turned for a text of "
                    + part.sequence.totalLength() + " tokens and cannot serve one of " + part.totalLength);
        }
    }

    /** The same parts, those of one adapter side by side: so an adapter's products are made for all its rows at once. */
    private static List<Part> byAdapter(List<Part> parts) {
        if (parts.stream().allMatch(part -> part.sequence.adapter() == null)) {
            return parts;
        }
        Map<LoraAdapter, List<Part>> groups = new LinkedHashMap<>();
        parts.forEach(part -> groups.computeIfAbsent(part.sequence.adapter(), anew -> new ArrayList<>())
                .add(part));
        return groups.values().stream().flatMap(List::stream).toList();
    }

    /** Behind the last row of each sequence. */
    private static Map<CachedSequence, Integer> lastRows(List<Part> inRows) {
        Map<CachedSequence, Integer> ends = new IdentityHashMap<>();
        int end = 0;
        for (Part part : inRows) {
            end += part.ids.length;
            ends.put(part.sequence, end);
        }
        return ends;
    }

    private LoraPass adapters(List<Part> inRows, int tokens) {
        List<LoraPass.Span> spans = new ArrayList<>();
        int rank = 0;
        int width = 0;
        int row = 0;
        for (Part part : inRows) {
            LoraAdapter adapter = part.sequence.adapter();
            int from = row;
            row += part.ids.length;
            if (!spans.isEmpty() && spans.getLast().adapter() == adapter) {
                from = spans.removeLast().from();
            }
            spans.add(new LoraPass.Span(from, row, adapter));
            if (adapter != null) {
                rank = Math.max(rank, adapter.rank());
                width = Math.max(width, adapter.width());
            }
        }
        if (rank == 0) {
            return LoraPass.NONE;
        }
        if (adapterSpace == null || !adapterSpace.fits(tokens, rank, width)) {
            freeAdapterSpace();
            adapterSpace = new LoraWorkspace(memory.backend(), space.capacity(), rank, width);
        }
        return new LoraPass(spans, adapterSpace.low(), adapterSpace.high());
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
    }

    private void checkIds(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= configuration.vocabulary()) {
                throw new IllegalArgumentException(
                        "token id " + id + " is outside the vocabulary of " + configuration.vocabulary());
            }
        }
    }

    private DecoderWorkspace.Views prepare(int tokens) {
        if (space == null || space.capacity() < tokens) {
            int capacity = Math.max(Math.max(LEAST_CAPACITY, tokens), space == null ? 0 : 2 * space.capacity());
            free();
            try {
                space = new DecoderWorkspace(memory.backend(), configuration, capacity);
                for (RotaryTables rope : tables.ropes) {
                    rotations.add(new Rotation(memory.backend(), rope, capacity));
                }
            } catch (RuntimeException e) {
                // Half of it would be taken for the whole by the next pass.
                free();
                throw e;
            }
        }
        return space.first(tokens);
    }

    private Stack.Context context(List<Part> parts, DecoderWorkspace.Views rows) {
        int[] ids = new int[rows.tokens()];
        int[] positions = new int[ids.length];
        int[] slots = new int[ids.length];
        List<CachedSequences.Entry> self = new ArrayList<>();
        List<CachedSequences.Entry> cross = new ArrayList<>();
        int row = 0;
        for (Part part : parts) {
            int before = part.sequence.length();
            int count = part.ids.length;
            for (int i = 0; i < count; i++) {
                ids[row] = part.ids[i];
                positions[row] = before + i;
                slots[row++] = part.sequence.slot(before + i);
            }
            self.add(new CachedSequences.Entry(count, before, before + count, part.sequence.blocks()));
            if (part.encoded != null) {
                cross.add(new CachedSequences.Entry(count, 0, part.encoded.length(), part.encoded.blocks()));
            }
        }
        ops.upload(ids, 0, rows.ids());
        ops.upload(positions, 0, rows.positions());
        ops.upload(slots, 0, rows.slots());
        KeyValueCache cache = parts.getFirst().sequence.cache();
        KeyValueCache encoded =
                cross.isEmpty() ? null : parts.getFirst().encoded.cache();
        return new Stack.Context(
                CachedSequences.of(cache.blockSize(), self),
                cache,
                encoded == null ? null : CachedSequences.of(encoded.blockSize(), cross),
                encoded,
                rotations,
                adapters(parts, rows.tokens()));
    }

    /** Norm and output layer for the wanted rows only. */
    private void score(
            List<Part> parts,
            Map<CachedSequence, Integer> lastRows,
            int wanted,
            DecoderWorkspace.Views rows,
            float[] logits) {
        int[] chosen = new int[wanted];
        int n = 0;
        for (Part part : parts) {
            int end = lastRows.get(part.sequence);
            for (int i = part.logits; i > 0; i--) {
                chosen[n++] = end - i;
            }
        }
        Tensor last = rows.result().rows(0, wanted);
        ops.upload(chosen, 0, rows.ids().columns(0, wanted));
        ops.embedding(rows.hidden(), rows.ids().columns(0, wanted), false, last);
        decoder.finalNorm(ops, last, last);
        if (configuration.outputScale() != 1) {
            ops.scale(last, configuration.outputScale(), last);
        }
        for (int from = 0; from < wanted; from += DecoderWorkspace.LOGIT_ROWS) {
            int to = Math.min(wanted, from + DecoderWorkspace.LOGIT_ROWS);
            Tensor scores = space.logits(to - from);
            ops.linear(last.rows(from, to), tables.head.weight(), tables.head.bias(), Activation.IDENTITY, scores);
            if (configuration.logitCap() > 0) {
                ops.softCap(scores, configuration.logitCap(), scores);
            }
            ops.read(scores, logits, from * configuration.vocabulary());
        }
    }

    /**
     * Lets the encoder read texts.
     *
     * @param cache from {@link #cache}
     * @return for each text what {@link Part#encoded} takes
     * @throws UnsupportedOperationException when the model has no encoder
     */
    List<CachedSequence> encode(KeyValueCache cache, List<int[]> texts, Stack.Observer observer) {
        requireOpen();
        if (encoder == null) {
            throw new UnsupportedOperationException(configuration.modelType() + " has no encoder");
        }
        int[] lengths = new int[texts.size()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = texts.get(i).length;
            checkIds(texts.get(i));
        }
        Sequences sequences = Sequences.ofLengths(lengths);
        if (sequences.longest() > maxTokens) {
            throw new IllegalArgumentException(
                    "a text of " + sequences.longest() + " tokens is too long; the model takes at most " + maxTokens);
        }
        List<CachedSequence> encoded = new ArrayList<>();
        boolean done = false;
        try {
            DecoderWorkspace.Views rows = prepare(sequences.tokens());
            int[] ids = new int[sequences.tokens()];
            int[] slots = new int[ids.length];
            for (int i = 0; i < lengths.length; i++) {
                CachedSequence sequence = cache.open();
                encoded.add(sequence);
                sequence.reserve(ops, lengths[i]);
                for (int t = 0; t < lengths[i]; t++) {
                    ids[sequences.start(i) + t] = texts.get(i)[t];
                    slots[sequences.start(i) + t] = sequence.slot(t);
                }
            }
            ops.upload(ids, 0, rows.ids());
            ops.upload(slots, 0, rows.slots());
            tables.embeddings.look(ops, rows.ids(), rows.hidden());
            Stack.Context context =
                    new Stack.Context(CachedSequences.whole(sequences), null, null, null, List.of(), LoraPass.NONE);
            encoder.forward(ops, rows, context, observer);
            encoder.finalNorm(ops, rows.hidden(), rows.normed());
            observer.normed(ops, rows.normed());
            decoder.storeEncoded(ops, rows, cache);
            ops.finish();
            for (int i = 0; i < lengths.length; i++) {
                encoded.get(i).append(lengths[i], lengths[i]);
            }
            done = true;
            return encoded;
        } finally {
            if (!done) {
                encoded.forEach(CachedSequence::close);
            }
        }
    }

    /** Bytes on the device: weights, tables and buffers, without caches. */
    long bytes() {
        return memory.bytes() + (space == null ? 0 : space.bytes()) + (adapterSpace == null ? 0 : adapterSpace.bytes());
    }

    /** Processor time of all passes so far, summed over threads. */
    long busyNanos() {
        return ops.busyNanos();
    }

    private void freeAdapterSpace() {
        if (adapterSpace != null) {
            adapterSpace.close();
            adapterSpace = null;
        }
    }

    private void free() {
        freeAdapterSpace();
        rotations.forEach(Rotation::close);
        rotations.clear();
        if (space != null) {
            space.close();
            space = null;
        }
    }

    /** Frees weights and buffers; caches belong to whoever asked for them. Closing twice does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ops.close();
            free();
            memory.close();
        }
    }
}
