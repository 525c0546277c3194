package org.candor.models.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.candor.api.compute.CacheType;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.EncoderSettings;
import org.candor.api.model.GeneratorSettings;
import org.candor.api.model.ModelFormatException;
import org.candor.api.model.ModelId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelCardTest {

    static final byte[] GOOD = FakePack.of("encoder-en", "1.0.0", "w").files.get("card.json");

    static final byte[] WRITES =
            FakePack.generating("stories", "1.0.0", "w").files.get("card.json");

    @Test
    void aGoodCardIsReadWhole() throws ModelFormatException {
        ModelCard card = ModelCard.read("pack", GOOD);
        assertEquals("encoder-en", card.id().name());
        assertEquals(
                new ModelUse.Encoding(new EncoderSettings(Pooling.FIRST, true, 16, "q: ", WeightType.F32)), card.use());
        assertEquals(4, card.files().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"1.0.0\" | 1 | version",
                "\"encoder-en\" | \"../evil\" | name",
                "[\"embed\"] | [] | tasks",
                "[\"embed\"] | [\"../x\"] | tasks",
                "\"first\" | \"last\" | encoder.pooling",
                "true | 1 | encoder.normalize",
                "\"maxTokens\":16 | \"maxTokens\":0 | encoder.maxTokens",
                "\"F32\" | \"F64\" | encoder.weights",
                "\"config.json\" | \"../config.json\" | files",
                "\"selftest.json\" | \"other.json\" | selftest.json",
                "\"sha256\" | \"md5\" | sha256",
                "\"name\" | \"version\" | card.json",
            })
    void aWrongCardIsRefusedByKey(String good, String bad, String key) {
        String card = new String(GOOD, UTF_8)
                .replaceFirst(java.util.regex.Pattern.quote(good), java.util.regex.Matcher.quoteReplacement(bad));
        ModelFormatException e =
                assertThrows(ModelFormatException.class, () -> ModelCard.read("pack", card.getBytes(UTF_8)));
        assertTrue(e.getMessage().startsWith("pack: ") && e.getMessage().contains(key), e.getMessage());
    }

    @Test
    void aModelThatWritesNeedsNoTokenizerAndAGgufFileNoConfiguration() throws ModelFormatException {
        ModelUse expected = new ModelUse.Generating(new GeneratorSettings(WeightType.F32, 512, 4_096, 16));
        assertEquals(expected, ModelCard.read("pack", WRITES).use(), "a card that says nothing of it means f32");
        for (CacheType type : CacheType.values()) {
            String held =
                    new String(WRITES, UTF_8).replace("\"blockTokens\"", "\"cache\":\"" + type + "\",\"blockTokens\"");
            assertEquals(
                    new ModelUse.Generating(new GeneratorSettings(WeightType.F32, type, 512, 4_096, 16)),
                    ModelCard.read("pack", held.getBytes(UTF_8)).use());
        }
        String card = new String(WRITES, UTF_8);
        for (String file : new String[] {"config.json", "selftest.json"}) {
            String without = card.replace('"' + file + '"', "\"other.bin\"");
            assertEquals(
                    "pack: card.json: files lists no " + file,
                    assertThrows(ModelFormatException.class, () -> ModelCard.read("pack", without.getBytes(UTF_8)))
                            .getMessage());
        }
        String gguf = card.replace("\"config.json\"", "\"model.gguf\"");
        assertEquals(expected, ModelCard.read("pack", gguf.getBytes(UTF_8)).use());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"F32\" | \"F64\" | generator.weights",
                "\"blockTokens\" | \"cache\":\"fp8\",\"blockTokens\" | generator.cache",
                "\"maxTokens\":512 | \"maxTokens\":-1 | generator.maxTokens",
                "\"maxTokens\":512 | \"maxTokens\":5000 | generator.cacheTokens",
                "\"cacheTokens\":4096 | \"cacheTokens\":15 | generator.cacheTokens",
                "\"blockTokens\":16 | \"blockTokens\":0 | generator.blockTokens",
                "\"blockTokens\":16 | \"blockTokens\":1025 | generator.blockTokens",
                "\"generator\" | \"encoder\" | generator",
            })
    void aWrongCardOfAModelThatWritesIsRefusedByKey(String good, String bad, String key) {
        String card = new String(WRITES, UTF_8);
        assertTrue(card.contains(good));
        ModelFormatException e = assertThrows(
                ModelFormatException.class,
                () -> ModelCard.read("pack", card.replace(good, bad).getBytes(UTF_8)));
        assertTrue(e.getMessage().startsWith("pack: card.json: " + key), e.getMessage());
    }

    @Test
    void deepNestingIsRefused() {
        byte[] deep = "[".repeat(500_000).getBytes(UTF_8);
        assertThrows(ModelFormatException.class, () -> ModelCard.read("pack", deep));
        byte[] inside = ("{\"a\":" + "[".repeat(500_000)).getBytes(UTF_8);
        assertThrows(ModelFormatException.class, () -> ModelCard.read("pack", inside));
    }

    private static final String ADAPTER = """
            {"name":"tales","version":"1.0.0","family":"lora","tasks":["generate"],
             "adapter":{"base":{"name":"base","version":"2.0.0","digest":"sha256:%1$s"}},
             "files":{"adapter_config.json":{"sha256":"%1$s","bytes":1},
              "adapter_model.safetensors":{"sha256":"%1$s","bytes":1},"selftest.json":{"sha256":"%1$s","bytes":1}}}
            """.formatted("ab".repeat(32));

    @Test
    void anAdaptersCardPinsItsBase() throws IOException {
        ModelCard card = ModelCard.read("pack", ADAPTER.getBytes(UTF_8));
        ModelId base = new ModelId("base", "2.0.0", "sha256:" + "ab".repeat(32));
        assertEquals(base, Bases.of(card));
        assertEquals(card.values().get("adapter"), card.use().values());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"sha256:ab|\"ab|adapter.base.digest is ab",
                "\"version\":\"2.0.0\"|\"v\":1|adapter.base.version is missing",
                "\"adapter\":|\"generator\":{},\"adapter\":|generator is {}: an adapter has none",
                "adapter_config.json|config.json|files lists no adapter_config.json",
                "\"adapter\":{\"base\"|\"adapter\":{\"bass\"|adapter.base is missing: an object is needed"
            })
    void aWrongCardOfAnAdapterIsRefusedByKey(String good, String bad, String key) {
        assertTrue(ADAPTER.contains(good));
        ModelFormatException e = assertThrows(
                ModelFormatException.class,
                () -> ModelCard.read("pack", ADAPTER.replace(good, bad).getBytes(UTF_8)));
        assertTrue(e.getMessage().startsWith("pack: card.json: " + key), e.getMessage());
    }
}
