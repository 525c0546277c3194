package org.candor.tokenizer.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.Mutation;
import org.candor.api.tokenize.Tokenizer;
import org.candor.api.tokenize.TokenizerFormatException;
import org.junit.jupiter.api.Test;

/** Whatever a rank file holds, it tokenizes, or it is refused by name. */
class TiktokenFuzzTest {

    private final JsonTokenizerFactory factory = new JsonTokenizerFactory(64, 1 << 20);

    @Test
    void mutatedRankFilesAreReadOrRefusedClearly() {
        StringBuilder file = new StringBuilder();
        for (int b = 0; b < 256; b++) {
            line(file, new byte[] {(byte) b}, b);
        }
        List<String> merges = List.of("aa", "aaaa", " a", "he", "\u4F60");
        for (int i = 0; i < merges.size(); i++) {
            line(file, merges.get(i).getBytes(StandardCharsets.UTF_8), 256 + i);
        }
        ByteMutation bytes = new ByteMutation(List.of("\n", " ", "YWE= 256\n", "=", "999999999999", "-1"));
        Mutation mutation = (input, other, random) ->
                random.nextInt(3) == 0 ? bytes.apply(input, other, random) : longer(input, random);
        new Fuzz("tiktoken", List.of(file.toString().getBytes(StandardCharsets.US_ASCII)), mutation)
                .rounds(1_500)
                .run(this::read);
    }

    private static void line(StringBuilder file, byte[] token, int rank) {
        file.append(Base64.getEncoder().encodeToString(token))
                .append(' ')
                .append(rank)
                .append('\n');
    }

    /** One token more; sometimes with a rank that another has, or none has to have. */
    private static byte[] longer(byte[] input, Random random) {
        StringBuilder file = new StringBuilder(new String(input, StandardCharsets.ISO_8859_1));
        byte[] token = new byte[1 + random.nextInt(6)];
        for (int i = 0; i < token.length; i++) {
            token[i] = (byte) "aehlo \u00E4\u00BD\u00A0".charAt(random.nextInt(9));
        }
        int lines = (int) file.chars().filter(c -> c == '\n').count();
        line(file, token, random.nextInt(8) == 0 ? random.nextInt(2 * lines + 1) - 5 : lines);
        return file.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private boolean read(byte[] input) throws IOException {
        try {
            Tokenizer tokenizer =
                    factory.readRanks("a.tiktoken", new ByteArrayInputStream(input), "gpt2", Map.of("<end>", 300));
            String text = "aa b hello aaaaa \u4F60\u597D";
            assertEquals(text, tokenizer.decode(tokenizer.encode(text).ids(), true));
            return true;
        } catch (TokenizerFormatException refusal) {
            assertTrue(refusal.getMessage().startsWith("a.tiktoken: "), refusal.getMessage());
            return false;
        }
    }
}
