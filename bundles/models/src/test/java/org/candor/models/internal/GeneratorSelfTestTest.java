package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GeneratorSelfTestTest {

    private static final String IDS = "[4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]";

    @TempDir
    Path folder;

    private final FakeGenerator model = new FakeGenerator(new AtomicInteger(), true, 512);

    private GeneratorSelfTest read(String json) throws IOException {
        return GeneratorSelfTest.read("pack", Files.writeString(folder.resolve("selftest.json"), json));
    }

    private String failure(String members) throws IOException {
        return read("{\"tolerance\":0.001,\"cases\":[{\"logprob\":-0.25," + members + "}]}")
                .run("pack", model)
                .failure();
    }

    @Test
    void whatAModelWritesNowIsATestThatItPasses() throws IOException {
        String made = new JsonMapper().writeValueAsString(GeneratorSelfTest.golden("pack", model));
        SelfTest.Outcome outcome = read(made).run("pack", model);
        assertNull(outcome.failure());
        assertTrue(outcome.result().passed());
        assertEquals(4, outcome.result().cases());
        assertEquals(0, outcome.result().worst());
        assertTrue(made.contains("\"text\":\"Candor\""), made);
        assertTrue(made.contains("\"continuation\":\"stuvwxyz"), made);
        model.off = 1;
        outcome = read(made).run("pack", model);
        assertEquals("pack: self-test case 0: token 0 that follows is 116, 115 expected", outcome.failure());
        assertEquals(Double.POSITIVE_INFINITY, outcome.result().worst());
    }

    @Test
    void promptTokensAndTextAreComparedToo() throws IOException {
        assertNull(failure("\"prompt\":[3],\"ids\":" + IDS));
        assertEquals(
                "pack: self-test case 0: token 1 of its text is 98, 99 expected",
                failure("\"text\":\"ab\",\"prompt\":[97,99],\"ids\":" + IDS));
        assertEquals(
                "pack: self-test case 0: token 2 of its text is none, 99 expected",
                failure("\"text\":\"ab\",\"prompt\":[97,98,99],\"ids\":" + IDS));
        assertEquals(
                "pack: self-test case 0: the text of the tokens that follow is another one than expected",
                failure("\"prompt\":[3],\"continuation\":\"x\",\"ids\":" + IDS));
        FakeGenerator without = new FakeGenerator(new AtomicInteger(), false, 512);
        assertTrue(read("{\"tolerance\":0.001,\"cases\":[{\"text\":\"a\",\"prompt\":[97],\"logprob\":0,\"ids\":" + IDS
                        + "}]}")
                .run("pack", without)
                .failure()
                .endsWith("it has a text, and the model has no tokenizer"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tolerance\":0.001,\"cases\":[]} | it has no cases",
                "null | it has no cases",
                "{\"tolerance\":0.2,\"cases\":[{}]} | tolerance is 0.2, more than 0 and at most 0.1 is allowed",
                "{\"tolerance\":0.1,\"cases\":[{\"prompt\":[],\"ids\":[1],\"logprob\":0}]} | a case lacks prompt or logprob",
                "{\"tolerance\":0.1,\"cases\":[{\"prompt\":[1],\"ids\":[1]}]} | a case lacks prompt or logprob",
                "{\"tolerance\":0.1,\"cases\":[{\"prompt\":[1],\"ids\":[1],\"logprob\":0}]} | a case has fewer than 16 ids",
            })
    void aTestThatCannotTestIsRefused(String json, String reason) {
        assertEquals(
                "pack: selftest.json: " + reason,
                assertThrows(ModelFormatException.class, () -> read(json)).getMessage());
    }
}
