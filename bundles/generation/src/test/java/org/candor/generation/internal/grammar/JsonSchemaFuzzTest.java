package org.candor.generation.internal.grammar;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.candor.api.fuzz.ByteMutation;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.JsonMutation;
import org.candor.api.fuzz.Mutation;
import org.junit.jupiter.api.Test;

/** Whatever a schema holds, it is refused, or every text that its grammar lets be written is valid under it. */
class JsonSchemaFuzzTest {

    private static final List<String> WORDS = List.of(
            "type",
            "object",
            "array",
            "string",
            "integer",
            "number",
            "null",
            "boolean",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "pattern",
            "^(a|b)*[^c-x\\\\d]{2,5}$",
            "(a{1,1000}){1,1000}",
            "minimum",
            "exclusiveMaximum",
            "multipleOf",
            "enum",
            "const",
            "anyOf",
            "$ref",
            "#",
            "#/$defs/a",
            "#/properties/name",
            "$defs",
            "a",
            "name");

    private static final int STEPS = 200;

    @Test
    void whatIsWrittenUnderAMutatedSchemaIsValidOrTheSchemaIsRefused() throws IOException {
        List<byte[]> examples = new ArrayList<>();
        for (Map.Entry<String, JsonGrammarTest.Case> each :
                JsonGrammarTest.reference().entrySet()) {
            if (!JsonGrammarTest.REFUSED.containsKey(each.getKey())) {
                examples.add(each.getValue().schema().getBytes(StandardCharsets.UTF_8));
            }
        }
        Mutation json = new JsonMutation(WORDS);
        new Fuzz("json-schema", examples, Mutation.anyOf(json, json, new ByteMutation(WORDS)))
                .rounds(3_000)
                .limits(20, 1_024)
                .run(this::read);
    }

    private boolean read(byte[] input) throws IOException {
        String schema = new String(input, StandardCharsets.UTF_8);
        JsonGrammar grammar;
        try {
            grammar = JsonGrammar.compile(schema);
        } catch (UnsupportedSchemaException refusal) {
            assertTrue(refusal.getMessage().startsWith("JSON schema: "), refusal.getMessage());
            return false;
        }
        SchemaValidator validator = new SchemaValidator(SchemaValidator.parse(schema.getBytes(StandardCharsets.UTF_8)));
        for (int i = 0; i < 3; i++) {
            walk(grammar, validator, new Random(31L * Arrays.hashCode(input) + i));
        }
        return true;
    }

    /** Takes allowed bytes by chance; after a while those that close what is open. */
    private static void walk(JsonGrammar grammar, SchemaValidator validator, Random random) {
        JsonGrammar.State state = grammar.start();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int step = 0; step < STEPS; step++) {
            if (state.complete() && (step > STEPS / 4 || random.nextInt(3) == 0)) {
                assertTrue(validator.accepts(text.toByteArray()), () -> "invalid: " + text);
                return;
            }
            JsonGrammar.State next = null;
            int from = random.nextInt(256);
            int taken = 0;
            try {
                for (byte closing : step > STEPS / 4 ? "\"]}".getBytes(StandardCharsets.US_ASCII) : new byte[0]) {
                    next = next == null ? state.next(closing) : next;
                    taken = next == null ? taken : taken == 0 ? closing : taken;
                }
                for (int i = 0; i < 256 && next == null; i++) {
                    taken = from + i & 0xFF;
                    next = state.next((byte) taken);
                }
            } catch (IllegalStateException tooManyWays) {
                assertTrue(tooManyWays.getMessage().contains("ways"), tooManyWays.getMessage());
                return;
            }
            assertFalse(next == null && !state.complete(), () -> "a dead end after " + text);
            if (next == null) {
                assertTrue(validator.accepts(text.toByteArray()), () -> "invalid: " + text);
                return;
            }
            text.write(taken);
            state = next;
        }
    }
}
