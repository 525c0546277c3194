package org.candor.models.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.candor.api.compute.Pooling;
import org.candor.api.compute.WeightType;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelCardTest {

    private static final byte[] GOOD =
            FakePack.of("encoder-en", "1.0.0", "w").files.get("card.json");

    @Test
    void aGoodCardIsReadWhole() throws ModelFormatException {
        ModelCard card = ModelCard.read("pack", GOOD);
        assertEquals("encoder-en", card.id().name());
        assertEquals(Pooling.FIRST, card.encoder().pooling());
        assertEquals(WeightType.F32, card.encoder().weights());
        assertEquals(16, card.encoder().maxTokens());
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
        String card = new String(GOOD, StandardCharsets.UTF_8)
                .replaceFirst(java.util.regex.Pattern.quote(good), java.util.regex.Matcher.quoteReplacement(bad));
        ModelFormatException e = assertThrows(
                ModelFormatException.class, () -> ModelCard.read("pack", card.getBytes(StandardCharsets.UTF_8)));
        assertTrue(e.getMessage().startsWith("pack: ") && e.getMessage().contains(key), e.getMessage());
    }

    @Test
    void mutatedCardsAreReadOrRefusedButNeverAnythingElse() {
        Random random = new Random(20261123);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] card = GOOD.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                card[random.nextInt(card.length)] = (byte) random.nextInt(256);
            }
            try {
                ModelCard.read("pack", card);
            } catch (ModelFormatException e) {
                refused++;
            }
        }
        assertTrue(refused > 10_000, refused + " refused");
    }

    @Test
    void deepNestingIsRefused() {
        byte[] deep = "[".repeat(500_000).getBytes(StandardCharsets.UTF_8);
        assertThrows(ModelFormatException.class, () -> ModelCard.read("pack", deep));
        byte[] inside = ("{\"a\":" + "[".repeat(500_000)).getBytes(StandardCharsets.UTF_8);
        assertThrows(ModelFormatException.class, () -> ModelCard.read("pack", inside));
    }
}
