package org.candor.tokenizer.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Padding;
import org.candor.api.tokenize.TokenStream;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.api.tokenize.Truncation;

/**
 * The stages of a tokenizer.json: added tokens, normaliser, pre-tokenizer, model, truncation, post-processor, padding; and the
 * decoder for the way back.
 */
final class PipelineTokenizer implements Tokenizer {
    /** A token that decoders leave as it is, in front of another one. */
    private static final String BEFORE = "a";

    private final SequenceEncoder encoder;
    private final Model model;
    private final AddedVocabulary added;
    private final PostProcessor postProcessor;
    private final Decoder decoder;
    private final Truncation truncation;
    private final Padding padding;
    /** Buffers between calls; a second thread makes its own. */
    private final AtomicReference<EncodeBuffers> idle = new AtomicReference<>();

    PipelineTokenizer(
            SequenceEncoder encoder,
            PostProcessor postProcessor,
            Decoder decoder,
            Truncation truncation,
            Padding padding) {
        this.encoder = encoder;
        this.model = encoder.model();
        this.added = encoder.added();
        this.postProcessor = postProcessor;
        this.decoder = decoder;
        this.truncation = truncation;
        this.padding = padding;
    }

    /** The stages before truncation. */
    SequenceEncoder encoder() {
        return encoder;
    }

    @Override
    public Encoding encode(TokenizerInput input, EncodeOptions options) {
        EncodeBuffers buffers = borrow();
        Assembly assembly = assembly(input, options, buffers);
        int length = options.padding() == null ? 0 : paddedLength(options.padding(), assembly.length());
        // Overflowing encodings are made later, when the buffers serve another text.
        Encoding encoding = (assembly.isCut() ? assembly.detached() : assembly).encoding(options.padding(), length);
        giveBack(buffers);
        return encoding;
    }

    @Override
    public List<Encoding> encode(List<? extends TokenizerInput> inputs, EncodeOptions options) {
        List<Encoding> encodings = new ArrayList<>(inputs.size());
        Padding fill = options.padding();
        if (fill == null) {
            for (TokenizerInput input : inputs) {
                encodings.add(encode(input, options));
            }
            return encodings;
        }
        EncodeBuffers buffers = borrow();
        List<Assembly> assemblies = new ArrayList<>(inputs.size());
        int longest = 0;
        for (TokenizerInput input : inputs) {
            Assembly assembly = assembly(input, options, buffers).detached();
            assemblies.add(assembly);
            longest = Math.max(longest, assembly.length());
        }
        giveBack(buffers);
        int length = paddedLength(fill, longest);
        for (Assembly assembly : assemblies) {
            encodings.add(assembly.encoding(fill, length));
        }
        return encodings;
    }

    private static int paddedLength(Padding padding, int longest) {
        int length = padding.length() > 0 ? padding.length() : longest;
        int multiple = padding.multipleOf();
        return multiple <= 0 || length % multiple == 0 ? length : Math.addExact(length, multiple - length % multiple);
    }

    private Assembly assembly(TokenizerInput input, EncodeOptions options, EncodeBuffers buffers) {
        switch (input) {
            case TokenizerInput.Text(String text) -> encoder.text(text, buffers, buffers.first());
            case TokenizerInput.Words(List<String> words) -> encoder.words(words, buffers, buffers.first());
            case TokenizerInput.Pair(String first, String second) -> {
                encoder.text(first, buffers, buffers.first());
                encoder.text(second, buffers, buffers.second());
            }
            case TokenizerInput.WordsPair(List<String> first, List<String> second) -> {
                encoder.words(first, buffers, buffers.first());
                encoder.words(second, buffers, buffers.second());
            }
        }
        boolean pair = input instanceof TokenizerInput.Pair || input instanceof TokenizerInput.WordsPair;
        List<TemplatePart> template = postProcessor.template(pair, options.addSpecialTokens());
        int specials = specials(template);
        int specialsOfOne = specials(postProcessor.template(false, true));
        TokenBuffer[] sequences =
                pair ? new TokenBuffer[] {buffers.first(), buffers.second()} : new TokenBuffer[] {buffers.first()};
        int[] lengths = pair
                ? new int[] {buffers.first().length(), buffers.second().length()}
                : new int[] {buffers.first().length()};
        int[][] windows = TruncationWindows.of(lengths, options.truncation(), specials, specialsOfOne);
        return new Assembly(template, sequences, windows, postProcessor.trims());
    }

    private static int specials(List<TemplatePart> template) {
        int specials = 0;
        for (TemplatePart part : template) {
            specials += part instanceof TemplatePart.Special special ? special.ids().length : 0;
        }
        return specials;
    }

    private EncodeBuffers borrow() {
        EncodeBuffers buffers = idle.getAndSet(null);
        return buffers == null ? new EncodeBuffers() : buffers;
    }

    private void giveBack(EncodeBuffers buffers) {
        if (buffers.isModest()) {
            idle.lazySet(buffers);
        }
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        List<String> tokens = new ArrayList<>(ids.length);
        for (int id : ids) {
            String token = decoded(id, skipSpecialTokens);
            if (token != null) {
                tokens.add(token);
            }
        }
        return text(tokens);
    }

    /** What an id gives to the decoder, or null. */
    private String decoded(int id, boolean skipSpecialTokens) {
        String own = added.decoded(id);
        String token = own != null ? own : model.vocabulary().token(id);
        return token == null || skipSpecialTokens && added.isSpecial(token) ? null : token;
    }

    @Override
    public byte[] bytes(int id) {
        String token = decoded(id, true);
        if (token == null) {
            return new byte[0];
        }
        if (decoder instanceof ByteLevelDecoder) {
            return ByteLevelDecoder.bytes(token);
        }
        int value = decoder != null && decoder.joinsBytes() ? ByteFallbackDecoder.byteValue(token) : -1;
        if (value >= 0) {
            return new byte[] {(byte) value};
        }
        String before = text(List.of(BEFORE));
        return text(List.of(BEFORE, token)).substring(before.length()).getBytes(StandardCharsets.UTF_8);
    }

    private String text(List<String> tokens) {
        return decoder == null ? String.join(" ", tokens) : String.join("", decoder.decode(tokens));
    }

    @Override
    public TokenStream stream(boolean skipSpecialTokens) {
        return decoder instanceof ByteLevelDecoder
                ? new ByteLevelStream(id -> decoded(id, skipSpecialTokens))
                : Tokenizer.super.stream(skipSpecialTokens);
    }

    @Override
    public int vocabularySize() {
        return model.vocabulary().size() + added.sizeBeyond(model.vocabulary());
    }

    @Override
    public OptionalInt id(String token) {
        AddedToken found = added.token(token);
        return found != null ? OptionalInt.of(found.id()) : model.vocabulary().id(token);
    }

    @Override
    public String token(int id) {
        AddedToken found = added.token(id);
        return found != null ? found.content() : model.vocabulary().token(id);
    }

    @Override
    public Truncation truncation() {
        return truncation;
    }

    @Override
    public Padding padding() {
        return padding;
    }
}
