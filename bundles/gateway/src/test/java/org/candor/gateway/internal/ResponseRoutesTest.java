package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.candor.api.generate.FinishReason;
import org.candor.api.operation.Generation.Prompt;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses in the shape of OpenAI. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResponseRoutesTest {

    private static final String TOOLS =
            ",\"tools\":[{\"type\":\"function\",\"name\":\"look\",\"description\":\"Looks\","
                    + "\"parameters\":{\"type\":\"object\"},\"strict\":false}]";

    private Server server;

    @BeforeAll
    void start(@TempDir Path home) throws IOException {
        server = new Server(home);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void asUsual() {
        server.text.pieces = List.of("Once ", "upon ", "a time");
        server.text.finish = FinishReason.STOP;
        server.text.failure = null;
        server.text.failsAt = 0;
    }

    private Server.Reply respond(String more) throws IOException {
        return server.call("POST", "/v1/responses", "{\"model\":\"stories\",\"input\":\"Hi\"" + more + "}");
    }

    private Server.Reply asked(String input) throws IOException {
        return server.call("POST", "/v1/responses", "{\"model\":\"stories\",\"input\":" + input + "}");
    }

    private Prompt.Chat prompt() {
        return (Prompt.Chat) server.text.order.prompts().getFirst();
    }

    private static Map<?, ?> object(Map<?, ?> json, String name) {
        return (Map<?, ?>) json.get(name);
    }

    private static List<?> list(Map<?, ?> json, String name) {
        return (List<?>) json.get(name);
    }

    private static Map<?, ?> item(Map<?, ?> response, int index) {
        return (Map<?, ?>) list(response, "output").get(index);
    }

    /** Events of a stream: named as they say themselves, numbered without a gap. */
    private static List<Map<String, Object>> events(Server.Reply reply) {
        assertEquals(200, reply.status());
        List<Map<String, Object>> events = new ArrayList<>();
        for (String event : reply.text().split("\n\n")) {
            String[] lines = event.split("\n");
            assertEquals(2, lines.length, event);
            Map<String, Object> data =
                    JsonText.readObject(lines[1].substring("data: ".length()).getBytes(StandardCharsets.UTF_8));
            assertEquals("event: " + data.get("type"), lines[0]);
            assertEquals((long) events.size(), data.get("sequence_number"));
            events.add(data);
        }
        return events;
    }

    private static List<String> types(List<Map<String, Object>> events) {
        return events.stream()
                .map(event -> event.get("type").toString().replace("response.", ""))
                .toList();
    }

    /** Without what a second request for the same cannot have in common: identifiers. */
    private static String comparable(Object value) {
        return new String(JsonText.write(value), StandardCharsets.UTF_8)
                .replaceAll("\"(id|call_id|item_id)\":\"[^\"]*\"", "\"$1\":\"\"");
    }

    @Test
    void aResponseIsOpenAis() throws IOException {
        Server.Reply reply = respond(
                ",\"instructions\":\"Be kind\",\"max_output_tokens\":5,\"temperature\":0.5,\"top_p\":0.9,\"seed\":3,\"top_k\":4");
        assertEquals(200, reply.status(), reply.text());
        Map<String, Object> json = reply.json();
        assertEquals("response", json.get("object"));
        assertEquals("completed", json.get("status"));
        assertEquals("stories", json.get("model"));
        assertEquals("Be kind", json.get("instructions"));
        assertEquals(5L, json.get("max_output_tokens"));
        assertEquals(0.5, json.get("temperature"));
        assertEquals(false, json.get("store"));
        assertNull(json.get("error"));
        assertNotNull(json.get("completed_at"));
        Map<?, ?> message = item(json, 0);
        assertEquals("message", message.get("type"));
        assertEquals("assistant", message.get("role"));
        assertEquals("completed", message.get("status"));
        Map<?, ?> part = (Map<?, ?>) list(message, "content").getFirst();
        assertEquals("output_text", part.get("type"));
        assertEquals("Once upon a time", part.get("text"));
        assertEquals(List.of(), part.get("annotations"));
        Map<?, ?> usage = object(json, "usage");
        assertEquals(2L, usage.get("input_tokens"));
        assertEquals(3L, usage.get("output_tokens"));
        assertEquals(5L, usage.get("total_tokens"));
        assertNotNull(usage.get("energy"));
        assertEquals("proof text", object(json, "candor").get("proof"));
        assertEquals(77L, object(json, "candor").get("seed"));
        assertEquals(
                List.of(Map.of("role", "system", "content", "Be kind"), Map.of("role", "user", "content", "Hi")),
                prompt().messages());
        Map<String, Object> parameters = server.text.order.parameters();
        assertEquals(5L, parameters.get("max_tokens"));
        assertEquals(0.5, parameters.get("temperature"));
        assertEquals(4L, parameters.get("top_k"));
        assertFalse(parameters.containsKey("logprobs"));
    }

    @Test
    void itemsBecomeWhatTemplatesRead() throws IOException {
        Server.Reply reply = asked("""
                [{"role":"developer","content":"Be kind"},
                 {"type":"message","role":"user","content":[{"type":"input_text","text":"Look "},{"type":"input_text","text":"there"}]},
                 {"type":"message","id":"msg_1","status":"completed","role":"assistant",
                  "content":[{"type":"output_text","text":"Well","annotations":[],"logprobs":[]}]},
                 {"type":"function_call","id":"fc_1","call_id":"c1","name":"look","arguments":"{\\"at\\":1}","status":"completed"},
                 {"type":"function_call","call_id":"c2","name":"hear","arguments":""},
                 {"type":"function_call_output","call_id":"c1","output":"seen"},
                 {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"heard"}]},
                 {"type":"function_call","call_id":"c3","name":"look","arguments":"{}"}]""");
        assertEquals(200, reply.status(), reply.text());
        List<Map<String, Object>> messages = prompt().messages();
        assertEquals(
                List.of("system", "user", "assistant", "tool", "tool", "assistant"),
                messages.stream().map(message -> message.get("role")).toList());
        assertEquals("Look there", messages.get(1).get("content"));
        assertEquals("Well", messages.get(2).get("content"));
        assertEquals(
                List.of(
                        Map.of(
                                "id",
                                "c1",
                                "type",
                                "function",
                                "function",
                                Map.of("name", "look", "arguments", Map.of("at", 1L))),
                        Map.of(
                                "id",
                                "c2",
                                "type",
                                "function",
                                "function",
                                Map.of("name", "hear", "arguments", Map.of()))),
                messages.get(2).get("tool_calls"));
        assertEquals(Map.of("role", "tool", "content", "heard", "tool_call_id", "c2"), messages.get(4));
        assertEquals("", messages.get(5).get("content"));
    }

    @Test
    void aStreamHasTheDocumentedEventsInTheDocumentedOrder() throws IOException {
        List<Map<String, Object>> events = events(respond(",\"stream\":true"));
        assertEquals(
                List.of(
                        "created",
                        "in_progress",
                        "output_item.added",
                        "content_part.added",
                        "output_text.delta",
                        "output_text.delta",
                        "output_text.delta",
                        "output_text.done",
                        "content_part.done",
                        "output_item.done",
                        "completed"),
                types(events));
        assertEquals("in_progress", object(events.get(0), "response").get("status"));
        assertEquals(List.of(), object(events.get(1), "response").get("output"));
        Map<?, ?> added = object(events.get(2), "item");
        assertEquals("in_progress", added.get("status"));
        assertEquals(List.of(), added.get("content"));
        assertEquals("", object(events.get(3), "part").get("text"));
        assertEquals(
                List.of("Once ", "upon ", "a time"),
                events.subList(4, 7).stream().map(event -> event.get("delta")).toList());
        for (Map<String, Object> event : events.subList(3, 9)) {
            assertEquals(added.get("id"), event.get("item_id"));
            assertEquals(0L, event.get("output_index"));
            assertEquals(0L, event.get("content_index"));
        }
        assertEquals("Once upon a time", events.get(7).get("text"));
        Map<?, ?> response = object(events.getLast(), "response");
        assertEquals(List.of(object(events.get(9), "item")), response.get("output"));
        assertEquals("proof text", object(response, "candor").get("proof"));
        assertEquals(3L, object(response, "usage").get("output_tokens"));
    }

    @Test
    void callsOfToolsAreItemsOfTheirOwn() throws IOException {
        server.text.pieces = List.of("Let me ", "see !lo", "ok! now");
        List<Map<String, Object>> events = events(respond(TOOLS + ",\"stream\":true"));
        String order = types(events).stream().collect(Collectors.joining(" "));
        assertTrue(
                order.endsWith("output_text.done content_part.done output_item.done output_item.added"
                        + " function_call_arguments.delta function_call_arguments.done output_item.done completed"),
                order);
        Map<?, ?> response = object(events.getLast(), "response");
        Map<?, ?> call = item(response, 1);
        assertEquals("function_call", call.get("type"));
        assertEquals("look", call.get("name"));
        assertEquals("{\"at\":1}", call.get("arguments"));
        assertEquals("completed", call.get("status"));
        Map<String, Object> delta = events.get(events.size() - 4);
        assertEquals("{\"at\":1}", delta.get("delta"));
        assertEquals(call.get("id"), delta.get("item_id"));
        assertEquals(1L, delta.get("output_index"));
        assertEquals(false, server.text.order.parameters().get("skip_special_tokens"));
        assertEquals(
                List.of(Map.of(
                        "type",
                        "function",
                        "function",
                        Map.of("name", "look", "description", "Looks", "parameters", Map.of("type", "object")))),
                prompt().tools());
        respond(TOOLS + ",\"tool_choice\":\"none\"");
        assertNull(prompt().tools());
    }

    @Test
    void aWholeIsWhatItsEventsAddUpTo() throws IOException {
        server.text.pieces = List.of("Let me !lo", "ok!", "!see! and", " so on");
        String more = TOOLS + ",\"include\":[\"message.output_text.logprobs\"],\"top_logprobs\":2";
        List<Map<String, Object>> events = events(respond(more + ",\"stream\":true"));
        Map<?, ?> streamed = object(events.getLast(), "response");
        Map<String, Object> whole = respond(more).json();
        assertEquals(whole.keySet(), streamed.keySet());
        List<String> texts = new ArrayList<>();
        for (Object each : list(streamed, "output")) {
            Map<?, ?> item = (Map<?, ?>) each;
            texts.add(
                    item.get("type").equals("message")
                            ? ((Map<?, ?>) list(item, "content").getFirst())
                                    .get("text")
                                    .toString()
                            : item.get("name").toString());
        }
        assertEquals(List.of("Let me ", "look", " and", "see", " so on"), texts);
        List<Object> done = events.stream()
                .filter(event -> event.get("type").equals("response.output_item.done"))
                .map(event -> event.get("item"))
                .collect(Collectors.toList());
        assertEquals(done, streamed.get("output"));
    }

    @Test
    void probabilitiesAreToldWhereTheyAreIncluded() throws IOException {
        String more = ",\"include\":[\"message.output_text.logprobs\"],\"top_logprobs\":1";
        Map<?, ?> whole = respond(more).json();
        assertEquals(1L, server.text.order.parameters().get("logprobs"));
        Map<?, ?> part = (Map<?, ?>) list(item(whole, 0), "content").getFirst();
        assertEquals(3, list(part, "logprobs").size());
        Map<?, ?> second = (Map<?, ?>) list(part, "logprobs").get(1);
        assertEquals("[11]", second.get("token"));
        assertEquals(-1.5, second.get("logprob"));
        assertEquals(1, list(second, "top_logprobs").size());
        List<Map<String, Object>> events = events(respond(more + ",\"stream\":true"));
        assertEquals(second, list(events.get(5), "logprobs").getFirst());
        assertEquals(
                comparable(list(whole, "output")),
                comparable(object(events.getLast(), "response").get("output")));
    }

    @Test
    void aTextThatEndsTooEarlyIsIncomplete() throws IOException {
        server.text.finish = FinishReason.LENGTH;
        Map<String, Object> whole = respond("").json();
        assertEquals("incomplete", whole.get("status"));
        assertEquals("max_output_tokens", object(whole, "incomplete_details").get("reason"));
        assertEquals("incomplete", item(whole, 0).get("status"));
        assertNull(whole.get("completed_at"));
        assertEquals(
                "response.incomplete",
                events(respond(",\"stream\":true")).getLast().get("type"));
    }

    @Test
    void aModelThatSaysNothingSaysAnEmptyMessage() throws IOException {
        server.text.pieces = List.of("");
        Map<?, ?> part =
                (Map<?, ?>) list(item(respond("").json(), 0), "content").getFirst();
        assertEquals("", part.get("text"));
    }

    @Test
    void aSchemaBindsTheText() throws IOException {
        Map<String, Object> json = respond(
                        ",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{\"type\":\"integer\"}}}")
                .json();
        assertEquals(Map.of("type", "integer"), server.text.order.parameters().get("json_schema"));
        assertEquals("n", object(object(json, "text"), "format").get("name"));
        respond(",\"text\":{\"format\":{\"type\":\"json_object\"}}");
        assertEquals(Map.of("type", "object"), server.text.order.parameters().get("json_schema"));
        respond(",\"text\":{\"format\":{\"type\":\"text\"}}");
        assertFalse(server.text.order.parameters().containsKey("json_schema"));
    }

    @Test
    void whatFailsBeforeTheModelBeginsIsAnHttpErrorAndLaterAnEvent() throws IOException {
        server.text.failure = new OperationException(Kind.BUSY, "model_busy", "too much waits");
        assertEquals(429, respond(",\"stream\":true").status());
        server.text.failsAt = 1;
        List<Map<String, Object>> events = events(respond(",\"stream\":true"));
        assertEquals("response.failed", events.getLast().get("type"));
        Map<?, ?> response = object(events.getLast(), "response");
        assertEquals("failed", response.get("status"));
        assertEquals(Map.of("code", "rate_limit_exceeded", "message", "too much waits"), response.get("error"));
        assertEquals("incomplete", item(response, 0).get("status"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ",\"store\":true | store",
                ",\"background\":true | background",
                ",\"previous_response_id\":\"resp_1\" | previous_response_id",
                ",\"conversation\":\"c\" | conversation",
                ",\"prompt\":{\"id\":\"p\"} | prompt",
                ",\"context_management\":[{}] | context_management",
                ",\"prompt_cache_key\":\"k\" | prompt_cache_key",
                ",\"prompt_cache_retention\":\"24h\" | prompt_cache_retention",
                ",\"safety_identifier\":\"s\" | safety_identifier",
                ",\"service_tier\":\"flex\" | service_tier",
                ",\"truncation\":\"auto\" | truncation",
                ",\"max_tool_calls\":1 | max_tool_calls",
                ",\"metadata\":{\"a\":\"b\"} | metadata",
                ",\"reasoning\":{\"effort\":\"low\"} | reasoning.effort",
                ",\"text\":{\"verbosity\":\"low\"} | text.verbosity",
                ",\"text\":{\"format\":{\"type\":\"xml\"}} | text.format.type",
                ",\"text\":{\"format\":{\"type\":\"json_schema\",\"schema\":{}}} | text.format.name",
                ",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\"}} | text.format.schema",
                ",\"include\":[\"reasoning.encrypted_content\"] | include",
                ",\"top_logprobs\":2 | top_logprobs",
                ",\"tool_choice\":\"required\" | tool_choice",
                ",\"tool_choice\":{\"type\":\"function\",\"name\":\"f\"} | tool_choice",
                ",\"parallel_tool_calls\":false | parallel_tool_calls",
                ",\"tools\":[{\"type\":\"web_search\",\"filters\":{}}] | tools[0].type",
                ",\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"strict\":true}] | tools[0].strict",
                ",\"tools\":[{\"type\":\"function\"}] | tools[0].name",
                ",\"stream_options\":{\"include_obfuscation\":true} | stream_options.include_obfuscation",
                ",\"stream_options\":{\"include_usage\":true} | stream_options.include_usage",
                ",\"max_output_tokens\":0 | max_output_tokens",
                ",\"temperature\":3 | temperature",
                ",\"n\":2 | n",
                ",\"return_token_ids\":true | return_token_ids",
                ",\"messages\":[] | messages",
                ",\"max_tokens\":3 | max_tokens"
            })
    void whatAResponseDoesNotHonourIsNamed(String more, String name) throws IOException {
        assertNamed(respond(more), name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | input",
                "[] | input",
                "7 | input",
                "[7] | input",
                "[{\"content\":\"a\"}] | input[0].role",
                "[{\"role\":\"user\"}] | input[0].content",
                "[{\"role\":\"tool\",\"content\":\"a\"}] | input[0].role",
                "[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"u\"}]}] | input[0].content[0].type",
                "[{\"role\":\"user\",\"content\":\"a\"},{\"type\":\"item_reference\",\"id\":\"x\"}] | input[1].type",
                "[{\"type\":\"web_search_call\",\"action\":{}}] | input[0].type",
                "[{\"type\":\"function_call\",\"name\":\"f\",\"arguments\":\"{}\"}] | input[0].call_id",
                "[{\"type\":\"function_call_output\",\"output\":\"f\"}] | input[0].call_id",
                "[{\"role\":\"user\",\"content\":\"a\",\"colour\":7}] | input[0].colour"
            })
    void whatIsNoItemIsNamed(String input, String name) throws IOException {
        assertNamed(asked(input), name);
    }

    private static void assertNamed(Server.Reply reply, String name) {
        assertEquals(400, reply.status(), reply.text());
        assertEquals(name, reply.error().get("param"), reply.text());
    }
}
