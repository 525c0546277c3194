package org.candor.transformer.internal;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Padding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFactory;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.api.tokenize.Truncation;

/** A tokenizer whose words are their own ids: {@code "7 12"} becomes 1, 7, 12, 2. */
public record WordTokenizer(int vocabularySize) implements Tokenizer, TokenizerFactory {

    @Override
    public Tokenizer read(String name, InputStream tokenizerJson) {
        return this;
    }

    @Override
    public Encoding encode(TokenizerInput input, EncodeOptions options) {
        List<Integer> ids = new ArrayList<>(List.of(1));
        for (String word : ((TokenizerInput.Text) input).text().split(" ")) {
            if (!word.isBlank()) {
                ids.add(Integer.valueOf(word));
            }
        }
        int room = options.truncation().maxLength() - 1;
        List<Encoding> overflowing = new ArrayList<>();
        if (ids.size() > room) {
            overflowing.add(encoding(ids.subList(room, ids.size()), List.of()));
            ids = new ArrayList<>(ids.subList(0, room));
        }
        ids.add(2);
        return encoding(ids, overflowing);
    }

    private static Encoding encoding(List<Integer> ids, List<Encoding> overflowing) {
        int n = ids.size();
        int[] ones = new int[n];
        Arrays.fill(ones, 1);
        return new Encoding(
                ids.stream().mapToInt(Integer::intValue).toArray(),
                new int[n],
                new String[n],
                new int[n],
                new int[n],
                ones,
                new int[n],
                new int[n],
                new int[n],
                overflowing);
    }

    @Override
    public List<Encoding> encode(List<? extends TokenizerInput> inputs, EncodeOptions options) {
        return inputs.stream().map(input -> encode(input, options)).toList();
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        throw new UnsupportedOperationException();
    }

    @Override
    public OptionalInt id(String token) {
        return OptionalInt.of(Integer.parseInt(token));
    }

    @Override
    public String token(int id) {
        return Integer.toString(id);
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
