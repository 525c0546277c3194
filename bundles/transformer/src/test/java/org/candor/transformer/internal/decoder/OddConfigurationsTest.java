package org.candor.transformer.internal.decoder;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.candor.api.model.ModelFormatException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key of every configuration with every odd value is read, or refused with a reason that names the file. */
class OddConfigurationsTest {

    private static final List<Object> ODD = new ArrayList<>(Arrays.asList(
            null,
            true,
            "",
            "odd",
            0L,
            -1L,
            1L,
            3L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            0.5,
            -0.0,
            1e300,
            Double.NaN,
            List.of(),
            List.of(-1L),
            List.of("full_attention"),
            Arrays.asList((Object) null),
            Map.of(),
            Map.of("rope_type", "yarn"),
            Map.of("full_attention", Map.of())));

    static Stream<String> models() {
        return SearchTest.models();
    }

    @ParameterizedTest
    @MethodSource("models")
    void anOddValueIsReadOrRefusedByName(String model) throws IOException {
        Path folder = DecoderReference.folder(model);
        int refused = 0;
        for (String file : List.of("config.json", "config.legacy.json")) {
            ConfigurationKeys keys = ConfigurationKeys.read(folder.resolve(file));
            for (String key : keys.values().keySet()) {
                refused += odd(file, key, value -> with(keys.values(), key, value));
                if (keys.values().get(key) instanceof Map<?, ?> nested) {
                    for (Object inner : nested.keySet()) {
                        refused += odd(
                                file, key + "." + inner, value -> with(keys.values(), key, with(nested, inner, value)));
                    }
                }
            }
        }
        assertTrue(refused > 100, refused + " refusals");
    }

    private interface Edit {
        Map<String, Object> with(Object value);
    }

    private static int odd(String file, String what, Edit edit) {
        int refused = 0;
        for (Object value : ODD) {
            try {
                DecoderConfiguration read =
                        DecoderConfiguration.read(new ConfigurationKeys(file, "", edit.with(value)), null);
                for (RotaryEmbedding rope : read.decoder().ropes()) {
                    if (rope.rotary() < 1 << 12) {
                        rope.frequencies(1);
                    }
                }
            } catch (ModelFormatException e) {
                assertTrue(e.getMessage().startsWith(file), e.getMessage());
                refused++;
            } catch (RuntimeException e) {
                fail(file + ": " + what + " = " + value, e);
            }
        }
        return refused;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> with(Map<?, ?> map, Object key, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>((Map<String, Object>) map);
        changed.put((String) key, value);
        return changed;
    }
}
