package org.candor.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.JsonMutation;
import org.candor.api.fuzz.Mutation;
import org.junit.jupiter.api.Test;

/** Whatever a text holds, it is strict JSON that has one canonical form, or it is refused. */
class JsonFuzzTest {

    @Test
    void mutatedJsonIsReadAndReproducedOrRefused() {
        List<byte[]> examples = new ArrayList<>();
        for (String name : List.of("structures", "values", "unicode", "weird", "french", "arrays")) {
            examples.add(Vectors.resource("jcs/input/" + name + ".json"));
        }
        Mutation mutation = Mutation.anyOf(new JsonMutation(List.of("a", "\\u20ac", "\\ud83d\\ude00", "\\/", "1")));
        new Fuzz("json", examples, mutation).rounds(10_000).run(JsonFuzzTest::read);
    }

    private static boolean read(byte[] input) {
        Object value;
        byte[] canonical;
        try {
            value = Json.parse(input);
            // A number with more digits than a double is read, and has no canonical form.
            canonical = Json.canonical(value);
        } catch (JsonException refusal) {
            assertTrue(!refusal.getMessage().isBlank());
            return false;
        }
        assertArrayEquals(canonical, Json.canonical(Json.parse(Json.write(value))));
        assertArrayEquals(canonical, Json.canonical(Json.parse(canonical)));
        return true;
    }
}
