package org.candor.generation.internal.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonGrammarTest {
    /** Schemas of the reference that are refused, and the word that says why. */
    static final Map<String, String> REFUSED = Map.of(
            "array-unique", "\"uniqueItems\"",
            "one-of", "\"oneOf\"",
            "all-of", "\"allOf\"",
            "not", "\"not\"",
            "nothing", "no value satisfies it");

    /** Whole numbers with fraction or exponent, and more digits than are compared with bounds and divisors. */
    private static final List<String> WRITTEN_OTHERWISE = List.of(
            "1.0",
            "1e2",
            "[1.0]",
            "{\"a\": 1.0}",
            "1.0",
            "99.0",
            "1e2",
            "1e-300",
            "0.9999999999",
            "5.0",
            "10000000000000000005",
            "10.0");

    record Document(String text, boolean valid) {}

    record Case(String schema, List<Document> documents) {}

    @Test
    void invalidDocumentsOfTheReferenceAreNeverAllowedAndValidOnesAreButForNumbersThatAreWrittenOtherwise()
            throws IOException {
        List<String> otherwise = new ArrayList<>();
        for (Map.Entry<String, Case> reference : reference().entrySet()) {
            if (REFUSED.containsKey(reference.getKey())) {
                continue;
            }
            JsonGrammar grammar = JsonGrammar.compile(reference.getValue().schema());
            for (Document document : reference.getValue().documents()) {
                boolean allowed = allows(grammar, document.text());
                if (document.valid() && !allowed) {
                    otherwise.add(document.text());
                } else {
                    assertEquals(document.valid(), allowed, reference.getKey() + ": " + document.text());
                }
            }
        }
        assertEquals(WRITTEN_OTHERWISE, otherwise);
    }

    @Test
    void schemasThatCannotBeGuaranteedAreRefusedByName() throws IOException {
        Map<String, Case> reference = reference();
        REFUSED.forEach((name, reason) -> {
            String message = assertThrows(
                            UnsupportedSchemaException.class,
                            () -> JsonGrammar.compile(reference.get(name).schema()))
                    .getMessage();
            assertTrue(message.contains(reason), message);
        });
    }

    @Test
    void theValidatorOfThisTestAgreesWithTheReference() throws IOException {
        int documents = 0;
        for (Map.Entry<String, Case> reference : reference().entrySet()) {
            SchemaValidator validator = validator(reference.getValue().schema());
            for (Document document : reference.getValue().documents()) {
                assertEquals(
                        document.valid(),
                        validator.accepts(document.text().getBytes(StandardCharsets.UTF_8)),
                        reference.getKey() + ": " + document.text());
                documents++;
            }
        }
        assertEquals(239, documents);
    }

    @Property(tries = 15)
    void anyWalkThroughAllowedTokensGivesAValidDocument(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        for (Map.Entry<String, Case> reference : reference().entrySet()) {
            if (!REFUSED.containsKey(reference.getKey())) {
                walk(reference.getKey(), reference.getValue().schema(), random);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"integer\",\"minimum\":-17,\"maximum\":205}",
                "{\"type\":\"integer\",\"exclusiveMinimum\":-205.5,\"maximum\":-9}",
                "{\"type\":\"integer\",\"minimum\":99,\"exclusiveMaximum\":1001}",
                "{\"type\":\"number\",\"minimum\":-0.25,\"exclusiveMaximum\":12.5}",
                "{\"type\":\"number\",\"exclusiveMinimum\":3,\"maximum\":3.05}",
                "{\"type\":\"number\",\"maximum\":-1.5}",
                "{\"type\":\"number\",\"exclusiveMaximum\":0}",
                "{\"type\":[\"number\",\"null\"],\"minimum\":0}",
                "{\"type\":\"number\",\"multipleOf\":7,\"minimum\":20,\"maximum\":90}",
                "{\"type\":\"string\",\"pattern\":\"^(a|bc)*d?$\",\"minLength\":3,\"maxLength\":5}",
                "{\"type\":\"string\",\"pattern\":\"[^a-z\\\\d]\\\\.$|^x{2,3}\"}",
                "{\"type\":\"string\",\"pattern\":\"^[\uD83D\uDE00-\uD83D\uDE4F\u00e9]+$\"}",
                "{\"properties\":{\"a\":{\"minimum\":3},\"b\\\"\":{\"maxLength\":1}},\"required\":[\"a\",\"c\"]}",
                "{\"type\":\"array\",\"prefixItems\":[{\"const\":\"x\"}],\"items\":{\"enum\":[1,2.50]},\"minItems\":3}",
                "{\"$defs\":{\"e\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/e\"}}]}},\"$ref\":\"#/$defs/e\"}",
            })
    void walksThroughSchemasOfManyKindsGiveValidDocuments(String schema) throws IOException {
        for (int seed = 0; seed < 12; seed++) {
            walk(schema, schema, new Random(seed));
        }
    }

    @Test
    void aTokenIsAllowedExactlyWhenItsBytesLeadSomewhere() throws IOException {
        JsonGrammar grammar = JsonGrammar.compile(reference().get("tool-call").schema());
        List<byte[]> vocabulary = vocabulary();
        TokenMask mask = new TokenMask(vocabulary, new int[] {END});
        JsonGrammar.State state = grammar.start();
        for (byte b : "{\"name\":\"search\",\"arguments\":{\"query\":\"\u00e9\\n\",\"limit\":12}} "
                .getBytes(StandardCharsets.UTF_8)) {
            BitSet allowed = mask.allowed(state);
            for (int id = 0; id < vocabulary.size(); id++) {
                boolean leads = id == END ? state.complete() : mask.after(state, id) != null;
                assertEquals(leads, allowed.get(id), "token " + id + " before " + (char) b);
            }
            state = state.next(b);
            assertNotNull(state);
        }
        assertTrue(mask.allowed(state).get(END));
    }

    @Test
    void theEndIsAllowedOnlyAfterAWholeDocument() {
        JsonGrammar.State state =
                JsonGrammar.compile("{\"type\":\"integer\",\"minimum\":10}").start();
        assertFalse(state.complete());
        state = state.next((byte) '1');
        assertFalse(state.complete());
        state = state.next((byte) '1');
        assertTrue(state.complete());
        assertNull(state.next((byte) ','));
    }

    @Test
    void escapesThatLeadToNoAllowedCharacterAreNotBegun() {
        JsonGrammar grammar = JsonGrammar.compile("{\"const\":\"\u00e9\"}");
        assertTrue(allows(grammar, "\"\\u00E9\""));
        assertTrue(allows(grammar, "\"\u00e9\""));
        assertNull(read(grammar, "\"\\u1"));
        assertNull(read(grammar, "\"\\n"));
        assertNull(grammar.start().next((byte) '"').next((byte) 0xC2));
    }

    @Test
    void halvesOfSurrogatePairsAndBrokenUtf8AreNeverAllowed() {
        JsonGrammar grammar = JsonGrammar.compile("{\"type\":\"string\"}");
        assertTrue(allows(grammar, "\"\\ud83d\\ude00\""));
        assertNull(read(grammar, "\"\\ude00"));
        assertNull(read(grammar, "\"\\ud83d\""));
        assertNull(read(grammar, "\"\\ud83d\\u0"));
        JsonGrammar.State open = grammar.start().next((byte) '"');
        assertNull(open.next((byte) 0x80));
        assertNull(open.next((byte) 0xC0));
        assertNull(open.next((byte) 0xE0).next((byte) 0x9F));
        assertNull(open.next((byte) 0xED).next((byte) 0xA0));
        assertNull(open.next((byte) 0xF0).next((byte) 0x8F));
        assertNull(open.next((byte) 0xF4).next((byte) 0x90));
        assertNull(open.next((byte) 0xF5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"type\":\"strin\"}",
                "{\"type\":null}",
                "{\"minLength\":-1}",
                "{\"minLength\":1.5}",
                "{\"pattern\":\"(\"}",
                "{\"pattern\":\"(?=a)\"}",
                "{\"pattern\":\"\\\\bA\"}",
                "{\"pattern\":\"[]a]\"}",
                "{\"pattern\":\"a{1001}\"}",
                "{\"pattern\":\"a$b\"}",
                "{\"multipleOf\":0}",
                "{\"multipleOf\":0.1}",
                "{\"$ref\":\"#/nowhere\"}",
                "{\"$ref\":\"http://example.org/\"}",
                "{\"$ref\":\"#\"}",
                "{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]}",
                "{\"enum\":[]}",
                "{\"anyOf\":[]}",
                "{\"type\":\"string\",\"minLength\":3,\"maxLength\":2}",
                "{\"type\":\"integer\",\"minimum\":5,\"maximum\":4}",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}",
                "{\"type\":\"string\",\"type\":\"string\"}",
                "{\"patternProperties\":{}}",
                "{\"minProperties\":1}",
                "{\"if\":true}",
                "{\"unheardOf\":1}",
                "{\"anyOf\":[true],\"type\":\"null\"}",
                "{\"minimum\":1e999999999}",
            })
    void whatIsNoSchemaOrCannotBeGuaranteedIsRefusedWithItsPlace(String schema) {
        String message = assertThrows(UnsupportedSchemaException.class, () -> JsonGrammar.compile(schema))
                .getMessage();
        assertTrue(message.startsWith("JSON schema: #"), message);
    }

    private static final int END = 256;

    /** Every byte, an end, and tokens across the borders of JSON's own. */
    private static List<byte[]> vocabulary() {
        List<byte[]> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(new byte[] {(byte) b});
        }
        tokens.add(new byte[0]);
        for (String token : List.of(
                "{\"",
                "\":",
                "\": \"",
                "\",\"",
                "\"}",
                "}}",
                "]}",
                "[]",
                "{}",
                "tr",
                "true",
                "false",
                "null",
                "10",
                "00",
                "-1",
                "0.",
                "e-",
                "name",
                "na",
                "kind\":\"",
                "  ",
                "\n  ",
                "\\u00",
                "\\\"",
                "abc",
                "AB-1",
                "2026-",
                "\u00e9",
                "\u4e2d\u6587")) {
            tokens.add(token.getBytes(StandardCharsets.UTF_8));
        }
        return tokens;
    }

    /** Takes allowed tokens by chance; after a while prefers those that close what is open. */
    static void walk(String name, String schema, Random random) throws IOException {
        List<byte[]> vocabulary = vocabulary();
        TokenMask mask = new TokenMask(vocabulary, new int[] {END});
        JsonGrammar.State state = JsonGrammar.compile(schema).start();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int step = 0; step < 600; step++) {
            BitSet allowed = mask.allowed(state);
            assertFalse(allowed.isEmpty(), () -> name + ": dead end after " + text.toString(StandardCharsets.UTF_8));
            if (allowed.get(END) && (allowed.cardinality() == 1 || step > 60 || random.nextInt(4) == 0)) {
                assertTrue(
                        validator(schema).accepts(text.toByteArray()),
                        () -> name + ": " + text.toString(StandardCharsets.UTF_8));
                return;
            }
            int token = -1;
            for (char closing : "\"]}".toCharArray()) {
                if (step > 60 && allowed.get(closing) && random.nextInt(3) > 0) {
                    token = closing;
                }
            }
            while (token < 0) {
                int candidate = allowed.nextSetBit(random.nextInt(vocabulary.size()));
                token = candidate == END ? -1 : candidate;
            }
            state = mask.after(state, token);
            text.writeBytes(vocabulary.get(token));
        }
        // A tree of alternatives may grow for long; what there is must still be the beginning of something.
        assertFalse(mask.allowed(state).isEmpty());
    }

    private static JsonGrammar.State read(JsonGrammar grammar, String text) {
        JsonGrammar.State state = grammar.start();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            state = state == null ? null : state.next(b);
        }
        return state;
    }

    private static boolean allows(JsonGrammar grammar, String text) {
        JsonGrammar.State state = read(grammar, text);
        return state != null && state.complete();
    }

    private static SchemaValidator validator(String schema) throws IOException {
        return new SchemaValidator(SchemaValidator.parse(schema.getBytes(StandardCharsets.UTF_8)));
    }

    /** By name: the schema's own text and its documents. */
    static Map<String, Case> reference() throws IOException {
        Map<String, Case> cases = new LinkedHashMap<>();
        JsonFactory factory = new JsonFactory();
        try (InputStream in = new GZIPInputStream(JsonGrammarTest.class.getResourceAsStream(
                        "/org/candor/generation/internal/sampling/reference/json-schemas.json.gz"));
                JsonParser parser = factory.createParser(in)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                String name = null;
                String schema = null;
                List<Document> documents = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String field = parser.currentName();
                    parser.nextToken();
                    switch (field) {
                        case "name" -> name = parser.getText();
                        case "schema" -> {
                            StringWriter copy = new StringWriter();
                            try (JsonGenerator generator = factory.createGenerator(copy)) {
                                generator.copyCurrentStructure(parser);
                            }
                            schema = copy.toString();
                        }
                        default -> {
                            while (parser.nextToken() == JsonToken.START_OBJECT) {
                                Map<String, String> members = new TreeMap<>();
                                while (parser.nextToken() != JsonToken.END_OBJECT) {
                                    String key = parser.currentName();
                                    parser.nextToken();
                                    members.put(key, parser.getText());
                                }
                                documents.add(
                                        new Document(members.get("text"), Boolean.parseBoolean(members.get("valid"))));
                            }
                        }
                    }
                }
                cases.put(name, new Case(schema, documents));
            }
        }
        assertEquals(36, cases.size());
        return cases;
    }
}
