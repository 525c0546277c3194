package org.candor.api.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Readers with a fault are found out. */
class FuzzFindingsTest {

    private static final byte[] EXAMPLE =
            "{\"a\": [1, 20, {\"b\": \"text\"}], \"c\": null}".getBytes(StandardCharsets.UTF_8);

    private static Fuzz fuzz() {
        return new Fuzz("self", List.of(EXAMPLE), Mutation.anyOf(new JsonMutation(List.of("name"))));
    }

    private static String found(Fuzz fuzz, Fuzz.Reader reader) {
        return assertThrows(AssertionError.class, () -> fuzz.run(reader)).getMessage();
    }

    @Test
    void anUndocumentedExceptionIsFoundAndItsInputWritten() throws IOException {
        String message = found(fuzz(), input -> {
            if (new String(input, StandardCharsets.UTF_8).contains("9223372036854775808")) {
                throw new ArithmeticException("overflow");
            }
            return input.length % 2 == EXAMPLE.length % 2;
        });
        assertTrue(message.startsWith("fuzz self: seed 20261127, "), message);
        assertTrue(message.contains("java.lang.ArithmeticException: overflow"), message);
        Matcher file = Pattern.compile("--input (\\S+)").matcher(message);
        assertTrue(file.find(), message);
        Path input = Path.of(file.group(1));
        assertTrue(Files.readString(input).contains("9223372036854775808"));
        Files.delete(input);
    }

    @Test
    void anExampleThatIsRefusedIsFound() {
        assertTrue(found(fuzz(), input -> false).contains("an example is refused"));
    }

    @Test
    void whatIsNeverRefusedSaysNothing() {
        assertTrue(found(fuzz().rounds(200), input -> true).contains("at least 2 of each are needed"));
    }

    @Test
    void tooMuchMemoryIsFound() {
        String message = found(
                fuzz().limits(10, 1),
                input -> Arrays.equals(input, EXAMPLE) || new byte[input.length % 7 == 0 ? 8 << 20 : 1].length == 1);
        assertTrue(message.contains("MiB allocated for"), message);
    }

    @Test
    void noEndIsFound() {
        String message = found(fuzz().limits(1, 1_024), input -> {
            while (!Arrays.equals(input, EXAMPLE)) {
                Thread.onSpinWait();
                if (Thread.currentThread().isInterrupted()) {
                    return false;
                }
            }
            return true;
        });
        assertTrue(message.contains("no end after") && message.contains("FuzzFindingsTest"), message);
    }

    @Test
    void oneSeedGivesOneSequenceOfInputs() {
        List<Mutation> mutations = List.of(new JsonMutation(List.of("name")), new ByteMutation(List.of("word"), 4));
        for (Mutation mutation : mutations) {
            Random one = new Random(5);
            Random other = new Random(5);
            int changed = 0;
            for (int i = 0; i < 2_000; i++) {
                byte[] mutated = mutation.apply(EXAMPLE, EXAMPLE, one);
                assertEquals(
                        new String(mutated, StandardCharsets.ISO_8859_1),
                        new String(mutation.apply(EXAMPLE, EXAMPLE, other), StandardCharsets.ISO_8859_1));
                changed += Arrays.equals(mutated, EXAMPLE) ? 0 : 1;
            }
            assertTrue(changed > 1_500, changed + " changed");
        }
    }

    @Test
    void everyInputCanBeChanged() {
        Random random = new Random(6);
        for (byte[] input : List.of(new byte[0], new byte[1], "\"\\".getBytes(StandardCharsets.UTF_8))) {
            for (int i = 0; i < 2_000; i++) {
                new JsonMutation(List.of()).apply(input, EXAMPLE, random);
                new ByteMutation(List.of("a")).apply(EXAMPLE, input, random);
                new ByteMutation(List.of("a"), 10).apply(input, input, random);
            }
        }
    }
}
