package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.candor.api.generate.FinishReason;
import org.candor.api.operation.Generation.Prompt;
import org.candor.api.operation.OperationException;
import org.candor.api.operation.OperationException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text in the shapes of OpenAI and vLLM. */
@Timeout(60)
class GenerationRoutesTest {

    private static final String CHAT = "{\"model\":\"stories\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    @TempDir
    Path home;

    private Server server;

    @BeforeEach
    void start() throws IOException {
        server = new Server(home);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Server.Reply complete(String more) throws IOException {
        return server.call("POST", "/v1/completions", "{\"model\":\"stories\",\"prompt\":\"P\"" + more + "}");
    }

    private Server.Reply chat(String more) throws IOException {
        return server.call("POST", "/v1/chat/completions", CHAT + more + "}");
    }

    private static Map<?, ?> choice(Map<?, ?> json, int index) {
        return (Map<?, ?>) ((List<?>) json.get("choices")).get(index);
    }

    private static Map<?, ?> object(Map<?, ?> json, String name) {
        return (Map<?, ?>) json.get(name);
    }

    /** The chunks of a stream; it has to end as OpenAI ends one. */
    private static List<Map<String, Object>> chunks(Server.Reply reply) {
        assertEquals(200, reply.status());
        List<Map<String, Object>> chunks = new ArrayList<>();
        String[] events = reply.text().split("\n\n");
        for (int i = 0; i < events.length; i++) {
            assertTrue(events[i].startsWith("data: "), events[i]);
            String data = events[i].substring("data: ".length());
            if (i == events.length - 1) {
                assertEquals("[DONE]", data);
            } else {
                chunks.add(JsonText.readObject(data.getBytes(StandardCharsets.UTF_8)));
            }
        }
        return chunks;
    }

    @Test
    void aCompletionIsOpenAis() throws IOException {
        Server.Reply reply = complete(",\"max_tokens\":5,\"logprobs\":1,\"return_token_ids\":true,\"seed\":3");
        assertEquals(200, reply.status(), reply.text());
        Map<String, Object> json = reply.json();
        assertEquals("text_completion", json.get("object"));
        assertEquals("stories", json.get("model"));
        Map<?, ?> choice = choice(json, 0);
        assertEquals("Once upon a time", choice.get("text"));
        assertEquals("stop", choice.get("finish_reason"));
        assertEquals(List.of(10L, 11L, 12L), choice.get("token_ids"));
        assertEquals(List.of(1L, 9L), choice.get("prompt_token_ids"));
        Map<?, ?> logprobs = object(choice, "logprobs");
        assertEquals(List.of("[10]", "[11]", "[12]"), logprobs.get("tokens"));
        assertEquals(List.of(-0.5, -1.5, -2.5), logprobs.get("token_logprobs"));
        assertEquals(List.of(0L, 4L, 8L), logprobs.get("text_offset"));
        assertEquals(5L, object(json, "usage").get("total_tokens"));
        Map<?, ?> candor = object(json, "candor");
        assertEquals("proof text", candor.get("proof"));
        assertEquals(77L, candor.get("seed"));
        assertEquals(ScriptedText.MODEL.digest(), object(candor, "model").get("digest"));
        assertEquals(5L, server.text.order.parameters().get("max_tokens"));
        assertEquals(1L, server.text.order.parameters().get("logprobs"));
        assertEquals(3L, server.text.order.parameters().get("seed"));
    }

    @Test
    void promptsComeInEveryForm() throws IOException {
        complete("");
        assertEquals(List.of(new Prompt.Text("P")), server.text.order.prompts());
        server.call("POST", "/v1/completions", "{\"model\":\"stories\",\"prompt\":[5,6]}");
        assertArrayEquals(
                new int[] {5, 6}, ((Prompt.Tokens) server.text.order.prompts().getFirst()).ids());
        Server.Reply several = server.call(
                "POST", "/v1/completions", "{\"model\":\"stories\",\"prompt\":[\"a\",\"b\"],\"n\":2,\"echo\":true}");
        assertEquals(4, ((List<?>) several.json().get("choices")).size());
        assertEquals("aOnce upon a time", choice(several.json(), 1).get("text"));
        assertEquals("bOnce upon a time", choice(several.json(), 2).get("text"));
        assertEquals(true, server.text.order.parameters().get("echo"));
        server.call("POST", "/v1/completions", "{\"model\":\"stories\",\"prompt\":[[5],[6]]}");
        assertEquals(2, server.text.order.prompts().size());
    }

    @Test
    void howContinuationsAreFoundGoesOnToTheModel() throws IOException {
        assertEquals(200, complete(",\"n\":2,\"best_of\":5").status());
        assertEquals(5L, server.text.order.parameters().get("best_of"));
        assertEquals(
                200,
                complete(",\"n\":2,\"best_of\":2,\"stream\":true").status(),
                "nothing is chosen here, so that it can be streamed");
        String beams = ",\"n\":2,\"use_beam_search\":true,\"length_penalty\":0.5,\"early_stopping\":\"never\"";
        assertEquals(200, chat(beams).status());
        Map<String, Object> parameters = server.text.order.parameters();
        assertEquals(true, parameters.get("use_beam_search"));
        assertEquals(0.5, parameters.get("length_penalty"));
        assertEquals("never", parameters.get("early_stopping"));
    }

    @Test
    void aStreamTellsItsEndWhenThatIsProved() throws IOException {
        List<Map<String, Object>> chunks =
                chunks(complete(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        assertEquals(
                List.of("Once ", "upon ", "a time", ""),
                chunks.subList(0, 4).stream()
                        .map(chunk -> choice(chunk, 0).get("text"))
                        .toList());
        assertNull(choice(chunks.get(2), 0).get("finish_reason"));
        assertEquals("stop", choice(chunks.get(3), 0).get("finish_reason"));
        assertEquals(List.of(), chunks.get(4).get("choices"));
        assertEquals(3L, object(chunks.get(4), "usage").get("completion_tokens"));
        assertEquals("proof text", object(chunks.get(4), "candor").get("proof"));
        List<Map<String, Object>> without = chunks(complete(",\"stream\":true"));
        assertEquals(4, without.size());
        assertEquals("proof text", object(without.getLast(), "candor").get("proof"));
    }

    @Test
    void whatFailsBeforeTheModelBeginsIsAnHttpErrorAndLaterAChunk() throws IOException {
        server.text.failure = new OperationException(Kind.BUSY, "model_busy", "too much waits");
        Server.Reply early = complete(",\"stream\":true");
        assertEquals(429, early.status());
        assertEquals("model_busy", early.code());
        server.text.failsAt = 1;
        String late = complete(",\"stream\":true").text();
        assertTrue(late.contains("\"text\":\"Once \""), late);
        assertTrue(late.contains("data: {\"error\":{\"message\":\"too much waits\""), late);
        assertFalse(late.contains("[DONE]"), late);
        assertEquals(
                404,
                server.call("POST", "/v1/completions", "{\"model\":\"x\",\"prompt\":\"P\"}")
                        .status());
    }

    @Test
    void whenTheClientGoesTheTextEnds() throws Exception {
        server.text.last = new CountDownLatch(1);
        Server.Reply reply = complete(",\"stream\":true");
        assertThrows(IOException.class, () -> reply.response().stream().run(new EventStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        })));
        for (int i = 0; i < 500 && !server.text.unwanted; i++) {
            Thread.sleep(10);
        }
        assertTrue(server.text.unwanted);
    }

    @Test
    void aStreamThatHasNothingToTellShowsThatItIsThere() throws Exception {
        server.text.last = new CountDownLatch(1);
        Server.Reply reply = complete(",\"stream\":true");
        StringBuilder seen = new StringBuilder();
        reply.response().stream().run(new EventStream(new OutputStream() {
            @Override
            public void write(int b) {
                seen.append((char) b);
                if (seen.toString().endsWith(": working\n\n")) {
                    server.text.last.countDown();
                }
            }
        }));
        assertFalse(server.text.unwanted);
        assertTrue(seen.indexOf("upon") < seen.indexOf(": working"), seen.toString());
        assertTrue(seen.indexOf(": working") < seen.indexOf("a time"), seen.toString());
        assertTrue(seen.toString().endsWith("data: [DONE]\n\n"), seen.toString());
    }

    @Test
    void anAnswerInAConversationIsOpenAis() throws IOException {
        server.text.finish = FinishReason.LENGTH;
        Server.Reply reply = chat(",\"max_completion_tokens\":9,\"logprobs\":true,\"top_logprobs\":2");
        assertEquals(200, reply.status(), reply.text());
        assertEquals("chat.completion", reply.json().get("object"));
        Map<?, ?> choice = choice(reply.json(), 0);
        assertEquals("Once upon a time", object(choice, "message").get("content"));
        assertEquals("length", choice.get("finish_reason"));
        Map<?, ?> first = (Map<?, ?>) ((List<?>) object(choice, "logprobs").get("content")).getFirst();
        assertEquals("[10]", first.get("token"));
        assertEquals(-0.5, first.get("logprob"));
        assertEquals(1, ((List<?>) first.get("top_logprobs")).size());
        assertEquals(9L, server.text.order.parameters().get("max_tokens"));
        assertEquals(2L, server.text.order.parameters().get("logprobs"));
        Prompt.Chat prompt = (Prompt.Chat) server.text.order.prompts().getFirst();
        assertEquals(List.of(Map.of("role", "user", "content", "Hi")), prompt.messages());
        assertFalse(prompt.continued());
    }

    @Test
    void messagesBecomeWhatTemplatesRead() throws IOException {
        Server.Reply reply = server.call("POST", "/v1/chat/completions", """
                {"model":"stories","messages":[
                 {"role":"developer","content":[{"type":"text","text":"Be "},{"type":"text","text":"kind"}]},
                 {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
                  "function":{"name":"look","arguments":"{\\"at\\":1}"}}]},
                 {"role":"tool","tool_call_id":"c1","content":"seen"}]}""");
        assertEquals(200, reply.status(), reply.text());
        List<Map<String, Object>> messages =
                ((Prompt.Chat) server.text.order.prompts().getFirst()).messages();
        assertEquals(Map.of("role", "system", "content", "Be kind"), messages.get(0));
        Map<?, ?> call = (Map<?, ?>) ((List<?>) messages.get(1).get("tool_calls")).getFirst();
        assertEquals(Map.of("at", 1L), object(call, "function").get("arguments"));
        assertEquals("c1", messages.get(2).get("tool_call_id"));
    }

    @Test
    void callsOfToolsAreTakenOutOfTheText() throws IOException {
        server.text.pieces = List.of("Let me ", "see !lo", "ok! now");
        String tools =
                ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"parameters\":{\"type\":\"object\"}}}]";
        Map<?, ?> choice = choice(chat(tools).json(), 0);
        assertEquals("tool_calls", choice.get("finish_reason"));
        Map<?, ?> message = object(choice, "message");
        assertEquals("Let me see  now", message.get("content"));
        Map<?, ?> call = (Map<?, ?>) ((List<?>) message.get("tool_calls")).getFirst();
        assertEquals(Map.of("name", "look", "arguments", "{\"at\":1}"), call.get("function"));
        assertEquals(false, server.text.order.parameters().get("skip_special_tokens"));
        List<Map<String, Object>> chunks = chunks(chat(tools + ",\"stream\":true"));
        assertEquals("assistant", object(choice(chunks.getFirst(), 0), "delta").get("role"));
        assertTrue(chunks.stream()
                .anyMatch(chunk -> object(choice(chunk, 0), "delta").containsKey("tool_calls")));
        assertEquals("tool_calls", choice(chunks.getLast(), 0).get("finish_reason"));
        Map<?, ?> unseen = choice(chat(tools + ",\"tool_choice\":\"none\"").json(), 0);
        assertEquals("stop", unseen.get("finish_reason"));
        assertNull(((Prompt.Chat) server.text.order.prompts().getFirst()).tools());
    }

    @Test
    void aSchemaGoesOnToTheModel() throws IOException {
        chat(
                ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true,\"schema\":{\"type\":\"integer\"}}}");
        assertEquals(Map.of("type", "integer"), server.text.order.parameters().get("json_schema"));
        chat(",\"response_format\":{\"type\":\"json_object\"}");
        assertEquals(Map.of("type", "object"), server.text.order.parameters().get("json_schema"));
        chat(",\"response_format\":{\"type\":\"text\"}");
        assertFalse(server.text.order.parameters().containsKey("json_schema"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ",\"n\":3,\"best_of\":2 | best_of",
                ",\"best_of\":129 | best_of",
                ",\"best_of\":true | best_of",
                ",\"best_of\":2,\"stream\":true | stream",
                ",\"use_beam_search\":true,\"stream\":true | stream",
                ",\"use_beam_search\":1 | use_beam_search",
                ",\"suffix\":\"s\" | suffix",
                ",\"temperature\":3 | temperature",
                ",\"n\":0 | n",
                ",\"n\":1000000000 | n",
                ",\"logprobs\":6 | logprobs",
                ",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"] | stop",
                ",\"stop\":[1] | stop",
                ",\"echo\":true,\"logprobs\":1 | echo",
                ",\"messages\":[] | messages",
                ",\"stream_options\":{\"x\":1} | stream_options.x",
                ",\"stream_options\":{\"include_obfuscation\":true} | stream_options.include_obfuscation"
            })
    void whatACompletionDoesNotHonourIsNamed(String more, String name) throws IOException {
        assertNamed(complete(more), name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ",\"audio\":{} | audio",
                ",\"best_of\":2 | best_of",
                ",\"use_beam_search\":true,\"stream\":true | stream",
                ",\"functions\":[] | functions",
                ",\"reasoning_effort\":\"low\" | reasoning_effort",
                ",\"store\":true | store",
                ",\"metadata\":{\"a\":\"b\"} | metadata",
                ",\"service_tier\":\"flex\" | service_tier",
                ",\"modalities\":[\"audio\"] | modalities",
                ",\"tool_choice\":\"required\" | tool_choice",
                ",\"parallel_tool_calls\":false | parallel_tool_calls",
                ",\"top_logprobs\":2 | top_logprobs",
                ",\"logprobs\":true,\"top_logprobs\":21 | top_logprobs",
                ",\"response_format\":{\"type\":\"xml\"} | response_format.type",
                ",\"response_format\":{\"type\":\"json_schema\"} | response_format.json_schema",
                ",\"tools\":[{\"type\":\"web\"}] | tools[0].type",
                ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true}}] | tools[0].function.strict"
            })
    void whatAConversationDoesNotHonourIsNamed(String more, String name) throws IOException {
        assertNamed(chat(more), name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | messages",
                "[{\"content\":\"a\"}] | messages[0].role",
                "[{\"role\":\"robot\",\"content\":\"a\"}] | messages[0].role",
                "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}] | messages[0].content[0].type",
                "[{\"role\":\"user\",\"content\":7}] | messages[0].content",
                "[{\"role\":\"user\",\"colour\":7}] | messages[0].colour"
            })
    void whatIsNoMessageIsNamed(String messages, String name) throws IOException {
        assertNamed(
                server.call("POST", "/v1/chat/completions", "{\"model\":\"stories\",\"messages\":" + messages + "}"),
                name);
    }

    private static void assertNamed(Server.Reply reply, String name) {
        assertEquals(400, reply.status(), reply.text());
        assertEquals(name, reply.error().get("param"), reply.text());
    }

    @Test
    void whomATextIsForGoesOn() throws IOException {
        complete(",\"user\":\"maria\"");
        assertEquals("maria", server.text.order.subject());
        chat("");
        assertNull(server.text.order.subject());
        assertNamed(chat(",\"user\":7"), "user");
    }

    @Test
    void aConversationTellsItsTokensWhereTheyAreAskedFor() throws IOException {
        Map<String, Object> whole = chat(",\"return_token_ids\":true").json();
        assertEquals(List.of(1L, 9L), whole.get("prompt_token_ids"));
        assertEquals(List.of(10L, 11L, 12L), choice(whole, 0).get("token_ids"));
        assertFalse(chat("").json().containsKey("prompt_token_ids"));
        List<Map<String, Object>> chunks = chunks(chat(",\"return_token_ids\":true,\"stream\":true"));
        assertEquals(List.of(1L, 9L), chunks.getFirst().get("prompt_token_ids"));
        List<Object> ids = new ArrayList<>();
        chunks.forEach(chunk -> ids.addAll((List<?>) choice(chunk, 0).get("token_ids")));
        assertEquals(List.of(10L, 11L, 12L), ids);
    }

    @Test
    void aConversationIsTokenizedAsItsTemplateWritesIt() throws IOException {
        String messages = "{\"model\":\"stories\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
        assertEquals(
                200,
                server.call("POST", "/tokenize", messages + ",\"add_generation_prompt\":true}")
                        .status());
        assertEquals(
                200,
                server.call(
                                "POST",
                                "/tokenize",
                                messages + ",\"continue_final_message\":true,\"add_generation_prompt\":false}")
                        .status());
        assertNamed(
                server.call("POST", "/tokenize", messages + ",\"add_generation_prompt\":false}"),
                "add_generation_prompt");
        assertNamed(server.call("POST", "/tokenize", messages + ",\"add_special_tokens\":true}"), "add_special_tokens");
    }

    @Test
    void tokensAndBack() throws IOException {
        Map<String, Object> tokens = server.call(
                        "POST", "/tokenize", "{\"model\":\"stories\",\"prompt\":\"P\",\"return_token_strs\":true}")
                .json();
        assertEquals(List.of(1L, 9L), tokens.get("tokens"));
        assertEquals(2L, tokens.get("count"));
        assertEquals(512L, tokens.get("max_model_len"));
        assertEquals(List.of("[1]", "[9]"), tokens.get("token_strs"));
        assertEquals(
                "[4][5]",
                server.call("POST", "/detokenize", "{\"model\":\"stories\",\"tokens\":[4,5]}")
                        .json()
                        .get("prompt"));
        assertNamed(server.call("POST", "/tokenize", "{\"model\":\"stories\"}"), "prompt");
        assertNamed(server.call("POST", "/detokenize", "{\"model\":\"stories\",\"tokens\":[-1]}"), "tokens");
    }
}
