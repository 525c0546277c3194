package org.candor.generation.internal.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.compute.BackendException;
import org.candor.api.model.Adapter;
import org.candor.api.model.CachedText;
import org.candor.api.model.Generator;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;

/**
 * A generator whose scores are a hash of all tokens that its cache holds for a text, token by token where they lie: a text that is
 * given another one's blocks, or reads a token twice or not at all, gets other scores. Blocks are counted as a real cache counts
 * them. With an encoder the input is part of that hash in the same way.
 */
final class FakeGenerator implements Generator {

    static final int VOCABULARY = 101;
    static final int END = 2;

    private final int blockTokens;
    private final int maxTokens;
    private final int[][] blocks;
    private final int[] references;
    private final List<Integer> free = new ArrayList<>();
    /** A text that became longer than this is stale once: 0 is never. */
    private final int stretchesAt;

    final AtomicInteger passes = new AtomicInteger();
    final AtomicInteger tokensRead = new AtomicInteger();
    final AtomicInteger largestPass = new AtomicInteger();
    final AtomicInteger mostTexts = new AtomicInteger();
    volatile long passMillis;
    volatile RuntimeException failure;
    volatile boolean closed;
    /** What is added to the score of the token that usually follows the last one: a text repeats itself then. */
    volatile float habit;
    /** With an encoder the token that its decoder begins with. */
    private final int decoderStart;

    final AtomicInteger inputsRead = new AtomicInteger();
    /** Most tokens of inputs that were read between two passes. */
    final AtomicInteger mostEncoded = new AtomicInteger();

    private int encodedSincePass;

    /** In the order in which they were made. */
    final List<FakeAdapter> adapters = new ArrayList<>();

    private long busy;

    FakeGenerator(int blockTokens, int blockCount, int maxTokens, int stretchesAt) {
        this(blockTokens, blockCount, maxTokens, stretchesAt, -1);
    }

    /** With an encoder. */
    static FakeGenerator encoding(int blockTokens, int blockCount, int maxTokens) {
        return new FakeGenerator(blockTokens, blockCount, maxTokens, 0, 1);
    }

    private FakeGenerator(int blockTokens, int blockCount, int maxTokens, int stretchesAt, int decoderStart) {
        this.decoderStart = decoderStart;
        this.blockTokens = blockTokens;
        this.maxTokens = maxTokens;
        this.stretchesAt = stretchesAt;
        blocks = new int[blockCount][blockTokens];
        references = new int[blockCount];
        for (int i = 0; i < blockCount; i++) {
            free.add(i);
        }
    }

    /** Changes what is stored for each token, and the scores. */
    static final class FakeAdapter implements Adapter {
        private final int seed;
        volatile boolean closed;

        private FakeAdapter(int seed) {
            this.seed = seed;
        }

        @Override
        public long bytes(int passTokens) {
            return 10 + passTokens;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final class Text implements CachedText {
        private final FakeAdapter adapter;
        private final List<Integer> held = new ArrayList<>();
        private List<Integer> input = List.of();
        private int inputLength;
        private int length;
        private int total;

        Text(FakeAdapter adapter) {
            this.adapter = adapter;
        }

        private int seed() {
            return adapter == null ? 0 : adapter.seed;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public int blocksFor(int tokens) {
            boolean copies = length % blockTokens != 0 && references[held.get(length / blockTokens)] > 1;
            return Math.max(0, Math.ceilDiv(length + tokens, blockTokens) - held.size()) + (copies ? 1 : 0);
        }

        @Override
        public boolean stale(int totalLength) {
            return length > 0 && stretchesAt > 0 && total <= stretchesAt && totalLength > stretchesAt;
        }

        @Override
        public void truncate(int kept) {
            assert kept >= 0 && kept <= length;
            length = kept;
            while (held.size() > Math.ceilDiv(kept, blockTokens)) {
                give(held.removeLast());
            }
        }

        @Override
        public CachedText fork() {
            Text fork = new Text(adapter);
            fork.held.addAll(held);
            held.forEach(block -> references[block]++);
            fork.input = input;
            input.forEach(block -> references[block]++);
            fork.inputLength = inputLength;
            fork.length = length;
            fork.total = total;
            return fork;
        }

        @Override
        public void close() {
            truncate(0);
            input.forEach(FakeGenerator.this::give);
            input = List.of();
        }

        private void encode(int[] ids) {
            input = new ArrayList<>();
            inputLength = ids.length;
            for (int i = 0; i < ids.length; i++) {
                if (i % blockTokens == 0) {
                    input.add(take());
                }
                blocks[input.getLast()][i % blockTokens] = ids[i];
            }
        }

        private void append(int id) {
            int at = length % blockTokens;
            if (at == 0) {
                held.add(take());
            } else if (references[held.getLast()] > 1) {
                int own = take();
                System.arraycopy(blocks[held.getLast()], 0, blocks[own], 0, at);
                give(held.removeLast());
                held.add(own);
            }
            blocks[held.getLast()][at] = id + seed();
            length++;
        }

        private int hash(int from, int to) {
            int hash = (total > stretchesAt && stretchesAt > 0 ? 7 : 1) + 3 * seed();
            for (int i = 0; i < inputLength; i++) {
                hash = hash * 37 + blocks[input.get(i / blockTokens)][i % blockTokens] + 1;
            }
            for (int i = from; i < to; i++) {
                hash = hash * 31 + blocks[held.get(i / blockTokens)][i % blockTokens] + 1;
            }
            return hash;
        }
    }

    private int take() {
        if (free.isEmpty()) {
            throw new BackendException("no block is free");
        }
        int block = free.removeLast();
        references[block] = 1;
        return block;
    }

    private void give(int block) {
        if (--references[block] == 0) {
            Arrays.fill(blocks[block], -1);
            free.add(block);
        }
    }

    @Override
    public int vocabulary() {
        return VOCABULARY;
    }

    @Override
    public int maxTokens() {
        return maxTokens;
    }

    @Override
    public Set<Integer> endTokens() {
        return Set.of(END);
    }

    @Override
    public int blockTokens() {
        return blockTokens;
    }

    @Override
    public int freeBlocks() {
        return free.size();
    }

    @Override
    public boolean indifferent(int totalLength, int other) {
        return totalLength > stretchesAt == other > stretchesAt;
    }

    @Override
    public int decoderStart() {
        return decoderStart;
    }

    @Override
    public long adapterBytes(ModelFiles files, int passTokens) throws IOException {
        if (files.files().isEmpty()) {
            throw new ModelFormatException("adapter_config.json is missing");
        }
        return 10 + passTokens;
    }

    @Override
    public Adapter adapt(ModelFiles files) throws IOException {
        adapterBytes(files, 0);
        FakeAdapter adapter = new FakeAdapter(1_000 * (1 + files.id().digest().hashCode() % 1_000));
        adapters.add(adapter);
        return adapter;
    }

    @Override
    public CachedText open(Adapter adapter) {
        if (decoderStart >= 0) {
            throw new UnsupportedOperationException("an encoder reads first");
        }
        return new Text((FakeAdapter) adapter);
    }

    @Override
    public CachedText open(int[] input) {
        fail();
        if (decoderStart < 0 || input.length == 0 || input.length > maxTokens) {
            throw new IllegalArgumentException("a wrong input");
        }
        if (Math.ceilDiv(input.length, blockTokens) > free.size()) {
            throw new BackendException("too few blocks are free");
        }
        Text text = new Text(null);
        text.encode(input);
        inputsRead.incrementAndGet();
        encodedSincePass += input.length;
        mostEncoded.accumulateAndGet(encodedSincePass, Math::max);
        busy += 1_000L * input.length;
        return text;
    }

    private void fail() {
        if (failure != null) {
            RuntimeException now = failure;
            failure = null;
            throw now;
        }
    }

    @Override
    public void forward(List<Step> steps, float[] scores) {
        fail();
        Set<CachedText> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        int row = 0;
        int tokens = 0;
        for (Step step : steps) {
            Text text = (Text) step.text();
            if (text.adapter != null && text.adapter.closed) {
                throw new IllegalStateException("a closed adapter");
            }
            if (!seen.add(text) || text.stale(step.totalLength()) || step.ids().length == 0) {
                throw new IllegalStateException("a wrong step");
            }
            if (decoderStart >= 0 && text.length == 0 && step.ids()[0] != decoderStart) {
                throw new IllegalStateException("a decoder begins with its start token");
            }
            if (text.length + step.ids().length > maxTokens) {
                throw new IllegalArgumentException("too long");
            }
            text.total = step.totalLength();
            if (step.scores() < 0
                    || step.scores() > step.ids().length
                    || step.totalLength() < text.length + step.ids().length) {
                throw new IllegalArgumentException("a wrong step");
            }
            for (int id : step.ids()) {
                text.append(id);
            }
            tokens += step.ids().length;
            for (int length = text.length - step.scores() + 1; length <= text.length; length++) {
                score(text, length, scores, row++ * VOCABULARY);
            }
        }
        passes.incrementAndGet();
        encodedSincePass = 0;
        tokensRead.addAndGet(tokens);
        largestPass.accumulateAndGet(tokens, Math::max);
        mostTexts.accumulateAndGet(steps.size(), Math::max);
        busy += 1_000L * tokens;
        if (passMillis > 0) {
            try {
                Thread.sleep(passMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void score(Text text, int length, float[] scores, int from) {
        int state = text.hash(0, length) * 0x9E3779B9 + 1;
        for (int id = 0; id < VOCABULARY; id++) {
            state ^= state << 13;
            state ^= state >>> 17;
            state ^= state << 5;
            scores[from + id] = (state & 0xFFFF) / 8192f;
        }
        scores[from + END] -= 4; // texts of some length
        if (habit > 0) {
            int usual = Math.floorMod(text.hash(length - 1, length) * 0x9E3779B9, VOCABULARY);
            scores[from + usual] += habit;
        }
    }

    @Override
    public long busyNanos() {
        return busy;
    }

    @Override
    public long bytes() {
        return 1_000;
    }

    @Override
    public void close() {
        closed = true;
    }
}
