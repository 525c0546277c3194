package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.candor.api.tokenize.EncodeOptions;
import org.candor.api.tokenize.Encoding;
import org.candor.api.tokenize.Padding;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerInput;
import org.candor.api.tokenize.Truncation;
import org.candor.api.tokenize.Truncation.Direction;
import org.junit.jupiter.api.Test;

class EncodingTest {
    private static final int UNKNOWN = 0;
    private final Tokenizer tokenizer = tokenizer();

    @Property
    void offsetsAscendAndLieInTheText(@ForAll @StringLength(max = 60) String text) {
        Encoding encoding = tokenizer.encode(text);
        int length = (int) text.codePoints().count();
        int before = 0;
        for (int i = 1; i < encoding.length() - 1; i++) {
            assertTrue(encoding.starts()[i] >= before);
            assertTrue(encoding.ends()[i] > encoding.starts()[i]);
            assertTrue(encoding.ends()[i] <= length);
            before = encoding.starts()[i];
        }
    }

    @Property
    void aTokenOfPlainTextIsTheTextItCovers(@ForAll("plainText") String text) {
        Encoding encoding = tokenizer.encode(text);
        for (int i = 1; i < encoding.length() - 1; i++) {
            if (encoding.ids()[i] != UNKNOWN) {
                String covered = text.substring(encoding.starts()[i], encoding.ends()[i]);
                assertEquals(covered, encoding.tokens()[i].replace("##", ""));
            }
        }
    }

    @net.jqwik.api.Provide
    net.jqwik.api.Arbitrary<String> plainText() {
        return net.jqwik.api.Arbitraries.strings()
                .withChars("abcdefghijklmnopqrstuvwxyz .,'-")
                .ofMaxLength(80);
    }

    @Property
    void windowsWithoutStrideAreTheTextInOrder(
            @ForAll @IntRange(max = 200) int length, @ForAll @IntRange(min = 1, max = 50) int room) {
        int[] right = windows(length, room, Direction.RIGHT);
        int[] left = windows(length, room, Direction.LEFT);
        int covered = 0;
        for (int i = 0; i < right.length; i += 2) {
            assertEquals(covered, right[i]);
            assertTrue(right[i + 1] - right[i] <= room);
            covered = right[i + 1];
        }
        assertEquals(length, covered);
        assertEquals(right.length, left.length);
        assertEquals(length, left[1]);
        assertEquals(0, left[left.length - 2]);
    }

    private static int[] windows(int length, int room, Direction direction) {
        Truncation truncation = new Truncation(room, 0, Truncation.Strategy.LONGEST_FIRST, direction);
        return TruncationWindows.of(new int[] {length}, truncation, 0, 0)[0];
    }

    @Property
    void aTrieFindsWhatAScanOfAllEntriesFinds(@ForAll List<@StringLength(min = 1, max = 4) String> entries) {
        List<String> distinct = entries.stream()
                .filter(e -> e.chars().noneMatch(c -> Character.isSurrogate((char) c)))
                .distinct()
                .toList();
        int[] values = IntStream.range(0, distinct.size()).toArray();
        CodePointTrie trie = CodePointTrie.of(distinct.toArray(String[]::new), values);
        for (String start : distinct) {
            int[] text = (start + start).codePoints().toArray();
            String whole = start + start;
            int longest = distinct.stream()
                    .filter(whole::startsWith)
                    .mapToInt(String::length)
                    .max()
                    .orElseThrow();
            long found = trie.longest(CodePointTrie.ROOT, text, 0, text.length);
            assertEquals(longest, (int) (found >>> 32));
            assertEquals(whole.substring(0, longest), distinct.get((int) found));
        }
    }

    @Test
    void threadsShareATokenizer() throws Exception {
        List<String> texts = IntStream.range(0, 200)
                .mapToObj(i -> "text " + i + " of " + "some words ".repeat(i % 17))
                .toList();
        List<int[]> expected =
                texts.stream().map(t -> tokenizer.encode(t).ids()).toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                tasks.add(() -> {
                    for (int round = 0; round < 20; round++) {
                        for (int i = 0; i < texts.size(); i++) {
                            assertArrayEquals(
                                    expected.get(i),
                                    tokenizer.encode(texts.get(i)).ids());
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
    }

    @Test
    void aPaddedBatchHasOneLength() {
        List<TokenizerInput.Text> batch =
                List.of(new TokenizerInput.Text(""), new TokenizerInput.Text("a b c"), new TokenizerInput.Text("a"));
        Padding padding = new Padding(0, 4, Direction.RIGHT, 3, 0, "[PAD]");
        List<Encoding> encodings = tokenizer.encode(batch, new EncodeOptions(true, null, padding));
        encodings.forEach(e -> assertEquals(8, e.length()));
        assertEquals(2, Arrays.stream(encodings.getFirst().attentionMask()).sum());
        assertEquals("[PAD]", encodings.getFirst().tokens()[7]);
    }

    @Test
    void anOverflowingEncodingSurvivesTheNextText() {
        Encoding encoding = tokenizer.encode(new TokenizerInput.Text("a b c d e f"), EncodeOptions.truncatedAt(4));
        tokenizer.encode("z z z z z z z z z");
        assertEquals(
                List.of("[CLS]", "c", "d", "[SEP]"),
                List.of(encoding.overflowing().getFirst().tokens()));
    }

    @Test
    void idsAndTokensAreFoundBothWays() {
        assertEquals(500, tokenizer.vocabularySize());
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            assertEquals(id, tokenizer.id(tokenizer.token(id)).orElseThrow());
        }
        assertTrue(tokenizer.id("no such token").isEmpty());
        assertEquals(null, tokenizer.token(-1));
    }

    private static Tokenizer tokenizer() {
        try {
            return new JsonTokenizerFactory(1, 100_000)
                    .read("small.json", new ByteArrayInputStream(TokenizerFileTest.small()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
