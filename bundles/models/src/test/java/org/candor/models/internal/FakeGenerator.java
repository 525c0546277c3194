package org.candor.models.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.GenerationListener;
import org.candor.api.generate.GenerationRequest;
import org.candor.api.generate.GeneratorStatus;
import org.candor.api.generate.Sampling;
import org.candor.api.generate.TextGenerator;
import org.candor.api.model.ModelFiles;
import org.candor.api.model.ModelFormatException;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Padding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.api.tokenize.Truncation;

/** Counts on from the last token of a prompt; says how many are open. */
class FakeGenerator implements TextGenerator {

    static final int VOCABULARY = 1_000;
    static final double LOGPROB = -0.25;
    static final long BYTES = 100;

    private final AtomicInteger open;
    private final Tokenizer tokenizer;
    private final int maxTokens;
    /** What is added to each token. */
    int off;
    /** What is added to each log-probability. */
    double less;

    private boolean closed;

    /** @param tokenized whether it has a tokenizer, whose tokens are the characters' numbers */
    FakeGenerator(AtomicInteger open, boolean tokenized, int maxTokens) {
        this.open = open;
        this.tokenizer = tokenized ? new Characters() : null;
        this.maxTokens = maxTokens;
        open.incrementAndGet();
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public ChatTemplate chatTemplate() {
        return null;
    }

    @Override
    public Map<String, String> specialTokens() {
        return Map.of();
    }

    @Override
    public Sampling recommended() {
        return Sampling.PLAIN;
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
    public synchronized Generated generate(List<GenerationRequest> requests, GenerationListener listener) {
        requireOpen();
        List<Continuation> written = new ArrayList<>();
        for (GenerationRequest request : requests) {
            List<GeneratedToken> tokens = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            int last = request.prompt()[request.prompt().length - 1];
            for (int i = 1; i <= request.maxTokens(); i++) {
                int id = (last + i + off) % VOCABULARY;
                tokens.add(new GeneratedToken(id, LOGPROB + less, List.of()));
                text.appendCodePoint(id);
            }
            String said = tokenizer == null ? "" : text.toString();
            written.add(new Continuation(said, tokens, FinishReason.LENGTH, null));
        }
        return new Generated(written, 0, 0, 0, 0, 0, 0, 0);
    }

    /** An adapter adds the number in its weights to each token; 666 fits no model. */
    @Override
    public TextGenerator adapt(ModelFiles files) throws IOException {
        int more = Integer.parseInt(Files.readString(files.files().get("adapter_model.safetensors")));
        if (more == 666) {
            throw new ModelFormatException("adapter_model.safetensors: tensor q does not fit");
        }
        FakeGenerator base = this;
        FakeGenerator adapted = new FakeGenerator(open, tokenizer != null, maxTokens) {
            @Override
            public Generated generate(List<GenerationRequest> requests, GenerationListener listener) {
                base.requireOpen();
                return super.generate(requests, listener);
            }

            @Override
            public long bytes() {
                return more;
            }
        };
        adapted.off = off + more;
        return adapted;
    }

    @Override
    public long adapterBytes(ModelFiles files) throws IOException {
        return Long.parseLong(Files.readString(files.files().get("adapter_model.safetensors")));
    }

    private synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
    }

    @Override
    public GeneratorStatus status() {
        return new GeneratorStatus(0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public long bytes() {
        return BYTES;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            open.decrementAndGet();
        }
    }

    /** A character is a token. */
    private static final class Characters implements Tokenizer {
        @Override
        public Encoding encode(TokenizerInput input, EncodeOptions options) {
            int[] ids = ((TokenizerInput.Text) input)
                    .text()
                    .codePoints()
                    .map(c -> c % VOCABULARY)
                    .toArray();
            return new Encoding(ids, null, null, null, null, null, null, null, null, List.of());
        }

        @Override
        public List<Encoding> encode(List<? extends TokenizerInput> inputs, EncodeOptions options) {
            return inputs.stream().map(input -> encode(input, options)).toList();
        }

        @Override
        public String decode(int[] ids, boolean skipSpecialTokens) {
            return new String(ids, 0, ids.length);
        }

        @Override
        public int vocabularySize() {
            return VOCABULARY;
        }

        @Override
        public OptionalInt id(String token) {
            return OptionalInt.of(token.codePointAt(0));
        }

        @Override
        public String token(int id) {
            return Character.toString(id);
        }

        @Override
        public Truncation truncation() {
            return null;
        }

        @Override
        public Padding padding() {
            return null;
        }
    }
}
