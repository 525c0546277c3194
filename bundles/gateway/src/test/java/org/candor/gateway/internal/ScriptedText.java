package org.candor.gateway.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import org.candor.api.chat.ChatInput;
import org.candor.api.chat.ChatTemplate;
import org.candor.api.chat.RenderedChat;
import org.candor.api.chat.ToolCall;
import org.candor.api.chat.ToolCallParser;
import org.candor.api.chat.ToolCallStyle;
import org.candor.api.chat.ToolCalls;
import org.candor.api.generate.Continuation;
import org.candor.api.generate.FinishReason;
import org.candor.api.generate.Generated;
import org.candor.api.generate.GeneratedToken;
import org.candor.api.generate.Piece;
import org.candor.api.model.ModelId;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidence;
import org.candor.api.operation.Generation;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Padding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.api.tokenize.Truncation;

/** Writes given pieces, a token each, whatever is asked; every token's text is its id in brackets. */
final class ScriptedText implements Generation {

    static final ModelId MODEL = new ModelId("stories", "1.0.0", "sha256:" + "c".repeat(64));

    private final Evidence evidence;
    List<String> pieces = List.of("Once ", "upon ", "a time");
    FinishReason finish = FinishReason.STOP;
    OperationException failure;
    /** After this many pieces. */
    int failsAt;
    /** Waits before the last piece until it is let go, or nobody wants it. */
    CountDownLatch last;

    volatile boolean unwanted;
    Order order;

    ScriptedText(Evidence evidence) {
        this.evidence = evidence;
    }

    @Override
    public Written generate(Caller caller, Order asked, Sink sink) {
        order = asked;
        if (!asked.model().equals("stories")) {
            throw new OperationException(Kind.NOT_FOUND, "model_not_found", "No model.", "model", null);
        }
        if (failure != null && failsAt == 0) {
            throw failure;
        }
        int choices = asked.parameters().get("n") instanceof Long n ? n.intValue() : 1;
        List<int[]> prompts =
                asked.prompts().stream().map(prompt -> new int[] {1, 9}).toList();
        Begun begun = new Begun(MODEL, prompts, new Brackets(), new Shouting(), 77);
        if (sink != null) {
            sink.begun(begun);
        }
        List<Continuation> texts = new ArrayList<>();
        for (int choice = 0; choice < choices * prompts.size(); choice++) {
            texts.add(write(choice, sink));
        }
        Generated generated = new Generated(
                texts, 2 * prompts.size(), 0, pieces.size() * texts.size(), 1_000, 0, 20_000_000, 80_000_000);
        return new Written(begun, generated, List.of(), evidence);
    }

    private Continuation write(int choice, Sink sink) {
        List<GeneratedToken> tokens = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            if (failure != null && i == failsAt) {
                throw failure;
            }
            if (last != null && i == pieces.size() - 1) {
                awaitLast(sink);
            }
            GeneratedToken token =
                    new GeneratedToken(i + 10, -0.5 - i, List.of(new GeneratedToken.Alternative(i + 10, -0.5 - i)));
            tokens.add(token);
            boolean end = i == pieces.size() - 1;
            if (sink != null && !sink.piece(new Piece(choice, pieces.get(i), List.of(token), end ? finish : null))) {
                unwanted = true;
                throw new OperationException(Kind.UNAVAILABLE, "generation_ended", "nobody wants it");
            }
        }
        return new Continuation(String.join("", pieces), tokens, finish, null);
    }

    private void awaitLast(Sink sink) {
        while (last.getCount() > 0) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (!sink.wanted()) {
                unwanted = true;
                throw new OperationException(Kind.UNAVAILABLE, "generation_ended", "nobody wants it");
            }
        }
    }

    @Override
    public Tokenized tokenize(Caller caller, String model, Prompt prompt, boolean specialTokens) {
        return new Tokenized(MODEL, specialTokens ? new int[] {1, 9} : new int[] {9}, 512, new Brackets());
    }

    @Override
    public String detokenize(Caller caller, String model, int[] ids) {
        return new Brackets().decode(ids, false);
    }

    private static final class Brackets implements Tokenizer {
        @Override
        public Encoding encode(TokenizerInput input, EncodeOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Encoding> encode(List<? extends TokenizerInput> inputs, EncodeOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String decode(int[] ids, boolean skipSpecialTokens) {
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append('[').append(id).append(']');
            }
            return text.toString();
        }

        @Override
        public int vocabularySize() {
            return 100;
        }

        @Override
        public OptionalInt id(String token) {
            return OptionalInt.empty();
        }

        @Override
        public String token(int id) {
            return "[" + id + "]";
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

    /** A template whose model calls tools as {@code !name!}. */
    private static final class Shouting implements ChatTemplate {
        @Override
        public String name() {
            return "shouting";
        }

        @Override
        public RenderedChat render(ChatInput input) {
            return new RenderedChat("", List.of());
        }

        @Override
        public ToolCallStyle toolCallStyle() {
            return ToolCallStyle.HERMES;
        }

        @Override
        public ToolCallParser toolCallParser() {
            return new ToolCallParser() {
                private final StringBuilder held = new StringBuilder();

                @Override
                public ToolCalls accept(String piece) {
                    held.append(piece);
                    int from = held.indexOf("!");
                    int to = from < 0 ? -1 : held.indexOf("!", from + 1);
                    if (from >= 0 && to < 0) {
                        return new ToolCalls("", List.of());
                    }
                    String text = held.toString();
                    held.setLength(0);
                    return from < 0
                            ? new ToolCalls(text, List.of())
                            : new ToolCalls(
                                    text.substring(0, from) + text.substring(to + 1),
                                    List.of(new ToolCall(null, text.substring(from + 1, to), "{\"at\":1}")));
                }

                @Override
                public ToolCalls finish() {
                    return new ToolCalls(held.toString(), List.of());
                }
            };
        }
    }
}
