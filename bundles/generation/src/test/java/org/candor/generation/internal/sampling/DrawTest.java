package org.candor.generation.internal.sampling;

import static org.candor.generation.internal.sampling.Reference.integer;
import static org.candor.generation.internal.sampling.Reference.list;
import static org.candor.generation.internal.sampling.Reference.number;
import static org.candor.generation.internal.sampling.Reference.numbers;
import static org.candor.generation.internal.sampling.Reference.object;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DrawTest {

    @Test
    void inverseCdfTakesTheTokensOfTheReference() throws IOException {
        List<Object> cases =
                list(object(Reference.read("draws.json.gz").getFirst()).get("inverse_cdf"));
        assertEquals(88, cases.size());
        for (Object value : cases) {
            Map<String, Object> reference = object(value);
            double[] p = numbers(reference.get("probabilities"));
            int token = Draw.inverseCdf(p.length, i -> p[i], 1, number(reference.get("u")));
            assertEquals(integer(reference.get("token")), token, "case " + reference.get("n"));
        }
    }

    @Test
    void gumbelMaxTakesTheTokensOfTheReference() throws IOException {
        List<Object> cases =
                list(object(Reference.read("draws.json.gz").getFirst()).get("gumbel_max"));
        assertEquals(40, cases.size());
        for (Object value : cases) {
            Map<String, Object> reference = object(value);
            double[] p = numbers(reference.get("probabilities"));
            double[] u = numbers(reference.get("u"));
            assertEquals(
                    integer(reference.get("token")),
                    Draw.gumbelMax(p.length, i -> p[i], i -> u[i]),
                    "case " + reference.get("n"));
        }
    }

    /** Known answers of the authors' Random123 1.14, file kat_vectors, philox4x32 with 10 rounds. */
    @Test
    void philoxGivesTheAuthorsKnownAnswers() {
        assertPhilox(0, 0, 0, 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8");
        assertPhilox(-1, -1, -1, -1, -1, "408f276d 41c83b0e a20bc7c6 6d5451fd");
        assertPhilox(
                0x299f31d0a4093822L,
                0x243f6a88,
                0x85a308d3,
                0x13198a2e,
                0x03707344,
                "d16cfe09 94fdcceb 5001e420 24126ea1");
    }

    private static void assertPhilox(long key, int c0, int c1, int c2, int c3, String expected) {
        long low = Philox.block(key, c0, c1, c2, c3, 0);
        long high = Philox.block(key, c0, c1, c2, c3, 1);
        assertEquals(
                expected,
                String.format("%08x %08x %08x %08x", (int) low, (int) (low >> 32), (int) high, (int) (high >> 32)));
    }

    @Property(tries = 500)
    void uniformNumbersLieBetweenZeroAndOneAndHaveFiniteLogarithms(
            @ForAll long seed, @ForAll int position, @ForAll int choice, @ForAll int lane) {
        double u = Philox.uniform(seed, position, choice, lane);
        assertTrue(u > 0 && u < 1);
        assertEquals(u, Philox.uniform(seed, position, choice, lane));
    }

    @Test
    void uniformNumbersOfConsecutivePositionsFillTheUnitIntervalEvenly() {
        int[] counts = new int[16];
        int draws = 160_000;
        for (int position = 0; position < draws; position++) {
            counts[(int) (16 * Philox.uniform(42, position, 3, 0))]++;
        }
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += (count - draws / 16.0) * (count - draws / 16.0) / (draws / 16.0);
        }
        assertTrue(chiSquare < 37.7, "chi-square of 15 degrees of freedom at 0.001: " + chiSquare);
    }
}
