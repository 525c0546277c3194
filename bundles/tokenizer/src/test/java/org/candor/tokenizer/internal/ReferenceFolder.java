package org.candor.tokenizer.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Padding;
import org.candor.api.tokenize.TokenStream;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.api.tokenize.Truncation;

/** One folder of answers of the tokenizers library, and the comparison with ours. */
final class ReferenceFolder {
    private final Path folder;
    private final Tokenizer tokenizer;
    private final List<String> differences = new ArrayList<>();
    private int cases;

    ReferenceFolder(Path folder) throws IOException {
        this.folder = folder;
        try (InputStream in = Files.newInputStream(folder.resolve("tokenizer.json"))) {
            tokenizer = new JsonTokenizerFactory(64, 1 << 20).read(folder.getFileName() + "/tokenizer.json", in);
        }
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    int cases() {
        return cases;
    }

    /** What is different, one line each. */
    List<String> differences() {
        return differences;
    }

    void checkCases() throws IOException {
        for (Map<String, Object> line : lines("cases.jsonl.gz")) {
            cases++;
            checkCase(line);
        }
    }

    void checkTruncation() throws IOException {
        for (Map<String, Object> line : lines("truncation.jsonl.gz")) {
            cases++;
            checkBatch(line);
        }
    }

    /** Chunk by chunk, as long as the library itself can go on. */
    void checkStreaming() throws IOException {
        for (Map<String, Object> line : lines("streaming.jsonl.gz")) {
            cases++;
            String at = "stream " + line.get("n");
            int[] ids = ints(line.get("ids"));
            boolean skip = line.get("skip_special_tokens") != Boolean.FALSE;
            List<?> chunks = (List<?>) line.get("chunks");
            TokenStream stream = tokenizer.stream(skip);
            StringBuilder all = new StringBuilder();
            for (int k = 0; k < ids.length; k++) {
                String chunk = stream.next(ids[k]);
                all.append(chunk);
                if (k < chunks.size()) {
                    same(at + " chunk " + k, chunks.get(k) == null ? "" : chunks.get(k), chunk);
                }
            }
            // Where later ids change text that is out already, there is no right answer.
            String whole = tokenizer.decode(ids, skip);
            if (whole.startsWith(all.toString())) {
                same(at + " whole", whole, all + stream.finish());
            }
        }
    }

    private void checkCase(Map<String, Object> line) {
        String at = "case " + line.get("n") + " " + line.get("cat");
        if (!line.get("kind").equals("decode")) {
            Encoding encoding = tokenizer.encode(
                    input(line.get("text"), line.get("pair")),
                    new EncodeOptions(line.get("add_special_tokens") != Boolean.FALSE, null, null));
            compare(at, line, encoding);
            checkStages(at, line);
        }
        int[] ids = ints(line.get("ids"));
        if (line.get("decode_panic") == null) {
            same(at + " decoded", line.get("decoded"), tokenizer.decode(ids, true));
            same(at + " decoded with special", line.get("decoded_with_special"), tokenizer.decode(ids, false));
        }
    }

    /** Normaliser and pre-tokenizer alone, without regard to added tokens. */
    private void checkStages(String at, Map<String, Object> line) {
        if (!(line.get("normalized") instanceof String normalized)) {
            return;
        }
        SequenceEncoder encoder = ((PipelineTokenizer) tokenizer).encoder();
        EncodeBuffers buffers = new EncodeBuffers();
        buffers.read((String) line.get("text"));
        NormalizedText text = buffers.text();
        text.set(buffers.original(), 0, buffers.length());
        encoder.normalizer().apply(text);
        same(at + " normalized", normalized, text.text(0, text.length()));
        if (line.get("pre_tokens") instanceof List<?> expected) {
            Pieces pieces = buffers.pieces();
            // Offsets of pieces are in the normalised text.
            text.set(text.text(0, text.length()).codePoints().toArray(), 0, text.length());
            pieces.reset(0, text.length());
            encoder.preTokenizer().apply(pieces);
            List<Object> actual = new ArrayList<>();
            for (int i = 0; i < pieces.count(); i++) {
                int from = pieces.from(i);
                NormalizedText split = pieces.text();
                actual.add(List.of(split.text(from, pieces.to(i)), (long) split.originalStart(from), (long)
                        split.originalEnd(pieces.to(i))));
            }
            same(at + " pieces", expected, actual);
        }
    }

    private void checkBatch(Map<String, Object> line) {
        String at = "batch " + line.get("n");
        List<TokenizerInput> inputs = new ArrayList<>();
        for (Object item : (List<?>) line.get("inputs")) {
            inputs.add(item instanceof List<?> pair ? input(pair.get(0), pair.get(1)) : input(item, null));
        }
        EncodeOptions options = new EncodeOptions(
                line.get("add_special_tokens") != Boolean.FALSE,
                truncation((Map<?, ?>) line.get("truncation")),
                padding((Map<?, ?>) line.get("padding")));
        boolean noRoom = options.truncation() != null
                && options.addSpecialTokens()
                && options.truncation().maxLength()
                        < tokenizer
                                .encode(empty(inputs.get(0)), EncodeOptions.DEFAULT)
                                .length();
        List<Encoding> encodings;
        try {
            encodings = tokenizer.encode(inputs, options);
        } catch (IllegalArgumentException e) {
            if (line.get("error") == null && !noRoom) {
                differences.add(at + ": refused: " + e.getMessage());
            }
            return;
        }
        // The library's unsigned arithmetic wraps around here, and it cuts nothing; the contract is to refuse.
        if (line.get("error") != null || noRoom) {
            differences.add(at + ": should be refused: " + line.get("error"));
            return;
        }
        List<?> expected = (List<?>) line.get("encodings");
        same(at + " size", expected.size(), encodings.size());
        for (int i = 0; i < expected.size(); i++) {
            compare(at + "[" + i + "]", (Map<?, ?>) expected.get(i), encodings.get(i));
        }
    }

    private static TokenizerInput empty(TokenizerInput input) {
        return input instanceof TokenizerInput.Pair ? new TokenizerInput.Pair("", "") : new TokenizerInput.Text("");
    }

    private void compare(String at, Map<?, ?> expected, Encoding encoding) {
        same(at + " ids", longs(expected.get("ids")), longs(encoding.ids()));
        same(at + " tokens", expected.get("tokens"), List.of(encoding.tokens()));
        List<Object> offsets = new ArrayList<>();
        for (int i = 0; i < encoding.length(); i++) {
            offsets.add(List.of((long) encoding.starts()[i], (long) encoding.ends()[i]));
        }
        same(at + " offsets", expected.get("offsets"), offsets);
        same(at + " type ids", longs(expected.get("type_ids")), longs(encoding.typeIds()));
        same(at + " special", longs(expected.get("special_tokens_mask")), longs(encoding.specialTokensMask()));
        same(at + " words", longs(expected.get("word_ids")), longs(encoding.wordIds()));
        if (expected.get("sequence_ids") != null) {
            same(at + " sequences", longs(expected.get("sequence_ids")), longs(encoding.sequenceIds()));
        }
        if (expected.get("attention_mask") != null) {
            same(at + " attention", longs(expected.get("attention_mask")), longs(encoding.attentionMask()));
        }
        if (expected.get("overflowing") instanceof List<?> overflowing) {
            same(at + " overflowing", overflowing.size(), encoding.overflowing().size());
            for (int i = 0;
                    i < Math.min(overflowing.size(), encoding.overflowing().size());
                    i++) {
                compare(
                        at + " overflowing " + i,
                        (Map<?, ?>) overflowing.get(i),
                        encoding.overflowing().get(i));
            }
        }
    }

    private void same(String at, Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            differences.add(at + ": expected " + expected + " but got " + actual);
        }
    }

    private static TokenizerInput input(Object text, Object pair) {
        if (text instanceof List<?> words) {
            return pair == null
                    ? new TokenizerInput.Words(texts(words))
                    : new TokenizerInput.WordsPair(texts(words), texts((List<?>) pair));
        }
        return pair == null
                ? new TokenizerInput.Text((String) text)
                : new TokenizerInput.Pair((String) text, (String) pair);
    }

    private static List<String> texts(List<?> words) {
        return words.stream().map(String.class::cast).toList();
    }

    private static Truncation truncation(Map<?, ?> json) {
        if (json == null) {
            return null;
        }
        Object strategy = json.get("strategy");
        return new Truncation(
                number(json, "max_length"),
                number(json, "stride"),
                strategy == null
                        ? Truncation.Strategy.LONGEST_FIRST
                        : Truncation.Strategy.valueOf(strategy.toString().toUpperCase(java.util.Locale.ROOT)),
                direction(json));
    }

    private static Padding padding(Map<?, ?> json) {
        return json == null
                ? null
                : new Padding(
                        number(json, "length"),
                        number(json, "pad_to_multiple_of"),
                        direction(json),
                        number(json, "pad_id"),
                        number(json, "pad_type_id"),
                        (String) json.get("pad_token"));
    }

    private static Truncation.Direction direction(Map<?, ?> json) {
        return "left".equals(json.get("direction")) ? Truncation.Direction.LEFT : Truncation.Direction.RIGHT;
    }

    private static int number(Map<?, ?> json, String key) {
        return json.get(key) instanceof Long number ? number.intValue() : 0;
    }

    private static int[] ints(Object list) {
        return ((List<?>) list).stream().mapToInt(v -> ((Long) v).intValue()).toArray();
    }

    private static List<Long> longs(Object list) {
        List<Long> values = new ArrayList<>();
        if (list instanceof int[] array) {
            for (int v : array) {
                values.add((long) v);
            }
        } else {
            ((List<?>) list).forEach(v -> values.add(v == null ? -1 : (Long) v));
        }
        return values;
    }

    /** The lines of a file of the folder, which may be compressed; none where it is absent. */
    List<Map<String, Object>> lines(String name) throws IOException {
        Path file = folder.resolve(name);
        List<Map<String, Object>> lines = new ArrayList<>();
        if (!Files.exists(file)) {
            return lines;
        }
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(JsonSection.read(name, line.getBytes(StandardCharsets.UTF_8))
                        .members());
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return lines;
    }
}
