package org.candor.gateway.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.candor.api.fuzz.Fuzz;
import org.candor.api.fuzz.JsonMutation;
import org.candor.api.fuzz.Mutation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a client sends to a route, it is answered, or refused in OpenAI's shape and never by a failure of the server. */
class RequestBodyFuzzTest {

    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("/v1/completions", """
                    {"model":"stories","prompt":["P","Q"],"max_tokens":5,"temperature":0.7,"top_p":0.9,"n":2,"stop":["a","b"],
                    "logprobs":1,"seed":3,"stream":true,"stream_options":{"include_usage":true},"logit_bias":{"5":-1.5},
                    "user":"u","presence_penalty":0.5,"top_k":5,"min_p":0.1,"return_token_ids":true,"stop_token_ids":[2]}
                    """),
            Map.entry("/v1/chat/completions", """
                    {"model":"stories","messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"Hi"}]},
                    {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
                    {"role":"tool","tool_call_id":"c","content":"7"}],"max_completion_tokens":9,"logprobs":true,"top_logprobs":2,
                    "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}],
                    "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}
                    """),
            Map.entry(
                    "/v1/embeddings",
                    "{\"model\":\"encoder-en\",\"input\":[\"a\",\"b\"],\"encoding_format\":\"base64\",\"user\":\"u\"}"),
            Map.entry("/v1/answers", "{\"question\":\"Q?\",\"language\":\"en\",\"purpose\":\"p\",\"stream\":true}"),
            Map.entry("/v1/search", "{\"query\":\"Q?\",\"language\":\"en\",\"limit\":3}"),
            Map.entry("/tokenize", "{\"model\":\"stories\",\"prompt\":\"P\",\"add_special_tokens\":true}"),
            Map.entry("/detokenize", "{\"model\":\"stories\",\"tokens\":[1,9]}"),
            Map.entry("/admin/consent/grant", "{\"subject\":\"ada\",\"purpose\":\"audit\"}"),
            Map.entry(
                    "/admin/models/activate",
                    "{\"model\":\"encoder-en\",\"version\":\"1.0.0\",\"reason\":\"because\"}"),
            Map.entry("/admin/shell", "{\"command\":\"models\"}"));

    private static final List<String> WORDS = List.of(
            "model",
            "stories",
            "prompt",
            "messages",
            "role",
            "user",
            "assistant",
            "content",
            "tools",
            "tool_choice",
            "auto",
            "n",
            "stream",
            "stop",
            "logit_bias",
            "response_format",
            "json_object",
            "best_of",
            "suffix",
            "echo",
            "input",
            "dimensions",
            "language",
            "zh",
            "tokens",
            "\\u0000");

    @TempDir
    private Path home;

    @Test
    void mutatedBodiesAreAnsweredOrRefusedInTheirShape() throws IOException {
        List<byte[]> examples = new ArrayList<>();
        new TreeMap<>(BODIES)
                .forEach((path, body) ->
                        examples.add((path + "\n" + body.replace('\n', ' ')).getBytes(StandardCharsets.UTF_8)));
        try (Server server = new Server(home)) {
            String key = server.key();
            new Fuzz("request-body", examples, RequestBodyFuzzTest::mutated)
                    .rounds(1_500)
                    .run(input -> read(server, key, input));
        }
    }

    private static final Mutation JSON = Mutation.anyOf(new JsonMutation(WORDS));

    /** The first line is the route; sometimes another one gets the body. */
    private static byte[] mutated(byte[] input, byte[] other, Random random) {
        byte[] body = JSON.apply(body(input), body(other), random);
        byte[] line = path(random.nextInt(10) == 0 ? other : input).getBytes(StandardCharsets.UTF_8);
        byte[] joined = Arrays.copyOf(line, line.length + 1 + body.length);
        joined[line.length] = '\n';
        System.arraycopy(body, 0, joined, line.length + 1, body.length);
        return joined;
    }

    private static String path(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        return text.substring(0, text.indexOf('\n'));
    }

    private static byte[] body(byte[] input) {
        return Arrays.copyOfRange(input, path(input).length() + 1, input.length);
    }

    private static boolean read(Server server, String key, byte[] input) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Host", "localhost:8181");
        headers.put("Content-Type", "application/json");
        headers.put("Authorization", "Bearer " + key);
        Request request =
                new Request("request-1", "POST", path(input), null, headers::get, "127.0.0.1", false, new byte[0]);
        Api.Served served = server.gateway.api.answer(request, "/", new ByteArrayInputStream(body(input)));
        Server.Reply reply = new Server.Reply(served.response(), served);
        server.calls.clear();
        server.requests.clear();
        if (reply.status() < 300) {
            String text = reply.text();
            assertFalse(text.contains("\"internal\""), text);
            if (served.response().stream() == null) {
                served.close();
            }
            return true;
        }
        served.close();
        assertTrue(reply.status() >= 400 && reply.status() < 500, reply.status() + " " + reply.text());
        assertEquals(
                List.of("message", "type", "param", "code"),
                List.copyOf(reply.error().keySet()));
        assertTrue(reply.response().body().length < 4_000 + 2 * input.length, "a refusal without end");
        return false;
    }
}
