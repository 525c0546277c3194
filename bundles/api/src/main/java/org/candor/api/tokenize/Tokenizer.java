package org.candor.api.tokenize;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/** Turns text into token ids and back, as its tokenizer.json says. Immutable and thread safe. */
public interface Tokenizer {

    /** Encodes a text with special tokens, without truncation or padding. */
    default Encoding encode(String text) {
        return encode(new TokenizerInput.Text(text), EncodeOptions.DEFAULT);
    }

    /**
     * Encodes one input. Unpaired surrogates count as U+FFFD.
     *
     * @throws IllegalArgumentException when the truncation leaves no room, when a regular expression of the tokenizer takes too
     *     many steps on this text, or when text has no token and there is none for unknown text
     */
    Encoding encode(TokenizerInput input, EncodeOptions options);

    /** Encodes a batch; padding without a fixed length goes to its longest member. */
    List<Encoding> encode(List<? extends TokenizerInput> inputs, EncodeOptions options);

    /**
     * Text of these ids. Unknown ids are skipped.
     *
     * @param skipSpecialTokens true to leave out special added tokens
     */
    String decode(int[] ids, boolean skipSpecialTokens);

    /**
     * Decodes ids one by one.
     *
     * @param skipSpecialTokens true to leave out special added tokens
     * @return a new stream, for one text and one thread
     */
    default TokenStream stream(boolean skipSpecialTokens) {
        return new DecodingStream(this, skipSpecialTokens);
    }

    /** Number of ids, added tokens included. */
    int vocabularySize();

    /** Id of a token's text, added tokens included. */
    OptionalInt id(String token);

    /** Text of an id, or null. */
    String token(int id);

    /**
     * Bytes (UTF-8) that an id adds to a text that others began; they may be a part of a character. Empty for special tokens and
     * unknown ids.
     */
    default byte[] bytes(int id) {
        return decode(new int[] {id}, true).getBytes(StandardCharsets.UTF_8);
    }

    /** Truncation written in tokenizer.json, or null. */
    Truncation truncation();

    /** Padding written in tokenizer.json, or null. */
    Padding padding();
}
