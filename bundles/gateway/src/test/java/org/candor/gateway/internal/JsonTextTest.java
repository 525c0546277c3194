package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTextTest {

    private static Map<String, Object> read(String text) {
        return JsonText.readObject(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "谁 🦊 \" \\ \n \u0001");
        value.put("long", Long.MAX_VALUE);
        value.put("none", null);
        value.put("list", List.of(true, List.of(), Map.of()));
        assertEquals(value, JsonText.readObject(JsonText.write(value)));
    }

    @Test
    void everyDoubleSurvives() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            double x = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(x)) {
                assertEquals(
                        x, JsonText.readObject(JsonText.write(Map.of("x", x))).get("x"));
            }
        }
    }

    @Test
    void floatsAreWrittenShortAndExact() {
        assertEquals(
                "{\"v\":[0.1,1.0E-7,-3.4028235E38]}",
                new String(
                        JsonText.write(Map.of("v", new float[] {0.1f, 1e-7f, -Float.MAX_VALUE})),
                        StandardCharsets.UTF_8));
    }

    @Test
    void malformedUtf8IsRefused() {
        byte[] bytes = {'{', '"', 'a', '"', ':', '"', (byte) 0xc3, '"', '}'};
        assertEquals(
                "invalid_json",
                assertThrows(ApiError.class, () -> JsonText.readObject(bytes)).code());
    }

    @Test
    void limitsHold() {
        for (String text : List.of(
                "{\"a\":" + "[".repeat(17) + "]".repeat(17) + "}",
                "{\"a\":" + "9".repeat(50) + "}",
                "{\"" + "n".repeat(300) + "\":1}",
                "{\"a\":[" + "1,".repeat(1_300_000) + "1]}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1e400}".replace("1e400", "1".repeat(41)))) {
            assertThrows(ApiError.class, () -> read(text), text.substring(0, 10));
        }
    }
}
