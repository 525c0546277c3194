package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.openai.models.chat.completions.ChatCompletion;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiResponsesChatModel;
import dev.langchain4j.model.openai.OpenAiResponsesStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Other people's clients against a server, unmodified. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientsIT {

    private static final String OPENAI = "openai@6.30.1";
    private static final String VALIDATOR = "openapi-spec-validator==0.9.0";
    private static final Path WORK = Server.root().resolve("itests/target/clients");

    private Server server;
    private String key;
    private boolean chatty;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        server = new Server(folder.resolve("home"));
        server.start();
        key = Files.readString(server.home().resolve("cli.key")).strip();
        Files.createDirectories(WORK);
        // Ready is who answers; what writes may still be on its way.
        for (int i = 0;
                i < 300 && !server.http("GET", "/v1/models", null).body().contains("stories-tiny");
                i++) {
            Thread.sleep(100);
        }
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    private record Ran(int exit, String out) {}

    private Ran run(String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("client", ".out");
        ProcessBuilder builder = new ProcessBuilder(command).directory(WORK.toFile());
        builder.redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().put("OPENAI_API_KEY", key);
        builder.environment().put("OPENAI_BASE_URL", "http://127.0.0.1:" + server.port() + "/v1");
        try {
            Process process = builder.start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return new Ran(-1, "it did not end");
            }
            return new Ran(process.exitValue(), Files.readString(out));
        } catch (IOException e) {
            return new Ran(-1, e.getMessage());
        } finally {
            Files.delete(out);
        }
    }

    @Test
    void openAisPackageListsModelsEmbedsAndUnderstandsErrors() throws IOException, InterruptedException {
        client();
        Files.writeString(WORK.resolve("client.mjs"), """
                import OpenAI from "openai";
                const client = new OpenAI({ maxRetries: 0 });
                const models = [];
                for await (const model of client.models.list()) models.push(model.id);
                const one = await client.models.retrieve("encoder-en");
                // Without encoding_format this client asks for base64 and decodes it.
                const usual = await client.embeddings.create({ model: "encoder-en", input: ["consent", "withdrawal"] });
                const floats = await client.embeddings.create(
                  { model: "encoder-en", input: ["consent", "withdrawal"], encoding_format: "float" });
                const most = Math.max(...usual.data.flatMap((item, i) =>
                  item.embedding.map((x, j) => Math.abs(x - floats.data[i].embedding[j]))));
                const errors = [];
                const failing = [
                  () => client.embeddings.create({ model: "no-such-model", input: "x" }),
                  () => client.embeddings.create({ model: "encoder-en", input: "" }),
                  () => client.embeddings.create({ model: "encoder-en", input: "x", dimensions: 7 }),
                  () => client.embeddings.create({ model: "encoder-en", input: "x", seed: 1 }),
                  () => new OpenAI({ apiKey: "wrong", maxRetries: 0 }).models.list(),
                ];
                for (const call of failing) {
                  try { await call(); errors.push("none"); } catch (e) {
                    errors.push([e.constructor.name, e.status, e.code, e.param, typeof e.requestID].join(" "));
                  }
                }
                console.log(JSON.stringify({ models, one: one.id, owner: one.owned_by,
                  dimensions: usual.data[0].embedding.length, items: usual.data.length, most,
                  tokens: usual.usage.prompt_tokens, errors }));
                """);
        Ran ran = run("node", "client.mjs");
        assertEquals(0, ran.exit(), ran.out());
        Map<String, Object> seen = Server.json(ran.out());
        assertTrue(((List<?>) seen.get("models")).contains("encoder-en"), ran.out());
        assertEquals("encoder-en", seen.get("one"));
        assertEquals("candor", seen.get("owner"));
        assertEquals(384L, seen.get("dimensions"));
        assertEquals(2L, seen.get("items"));
        assertTrue(((Number) seen.get("most")).doubleValue() < 1e-6, ran.out());
        assertTrue((long) seen.get("tokens") >= 6, ran.out());
        assertEquals(
                List.of(
                        "NotFoundError 404 model_not_found model string",
                        "BadRequestError 400 empty_input input string",
                        "BadRequestError 400 invalid_value dimensions string",
                        "BadRequestError 400 unknown_parameter seed string",
                        "AuthenticationError 401 invalid_api_key  string"),
                seen.get("errors"));
    }

    @Test
    void openAisPackageHasTextWritten() throws IOException, InterruptedException {
        client();
        Files.writeString(WORK.resolve("texts.mjs"), """
                import OpenAI from "openai";
                const client = new OpenAI({ maxRetries: 0 });
                const prompt = { model: "stories-tiny", prompt: "Once upon a time", max_tokens: 24, temperature: 0 };
                const whole = await client.completions.create(prompt);
                const stream = await client.completions.create({ ...prompt, stream: true, stream_options: { include_usage: true } });
                let text = "", finish = null, proof = null, usage = null;
                for await (const chunk of stream) {
                  for (const choice of chunk.choices) { text += choice.text; finish = choice.finish_reason ?? finish; }
                  proof = chunk.candor?.proof ?? proof;
                  usage = chunk.usage ?? usage;
                }
                const several = await client.completions.create({ ...prompt, temperature: 1, seed: 5, n: 3, logprobs: 2 });
                const again = await client.completions.create({ ...prompt, temperature: 1, seed: 5, n: 3, logprobs: 2 });
                const best = await client.completions.create({ ...prompt, temperature: 1, seed: 5, n: 1, best_of: 3 });
                const beams = await client.completions.create({ ...prompt, n: 3, use_beam_search: true, length_penalty: 0.8 });
                const errors = [];
                const failing = [
                  () => client.completions.create({ ...prompt, best_of: 4, stream: true }),
                  () => client.completions.create({ ...prompt, use_beam_search: true, top_p: 0.5 }),
                  () => client.completions.create({ ...prompt, max_tokens: 100000 }),
                  () => client.completions.create({ ...prompt, model: "encoder-en" }),
                  () => client.chat.completions.create({ model: "stories-tiny", messages: [{ role: "user", content: "Hi" }] }),
                ];
                for (const call of failing) {
                  try { await call(); errors.push("none"); } catch (e) {
                    errors.push([e.constructor.name, e.status, e.code, e.param].join(" "));
                  }
                }
                console.log(JSON.stringify({ whole: whole.choices[0].text, text, finish, proof: (proof ?? "").length > 100,
                  tokens: usage.completion_tokens, wholeProof: (whole.candor.proof ?? "").length > 100,
                  same: JSON.stringify(several.choices) === JSON.stringify(again.choices),
                  chosen: several.choices.map(choice => choice.text).indexOf(best.choices[0].text),
                  likeliest: several.choices.map(choice => choice.logprobs.token_logprobs)
                    .map(each => each.reduce((a, b) => a + b, 0) / each.length)
                    .reduce((most, each, i, all) => each > all[most] ? i : most, 0),
                  beams: new Set(beams.choices.map(choice => choice.text)).size,
                  distinct: new Set(several.choices.map(choice => choice.text)).size,
                  top: Object.keys(several.choices[0].logprobs.top_logprobs[0]).length >= 2, errors }));
                """);
        Ran ran = run("node", "texts.mjs");
        assertEquals(0, ran.exit(), ran.out());
        Map<String, Object> seen = Server.json(ran.out());
        assertTrue(seen.get("whole").toString().startsWith(", there was a little girl named Lily."), ran.out());
        assertEquals(seen.get("whole"), seen.get("text"));
        assertEquals("length", seen.get("finish"));
        assertEquals(24L, seen.get("tokens"));
        for (String name : List.of("proof", "wholeProof", "same", "top")) {
            assertEquals(true, seen.get(name), name + ": " + ran.out());
        }
        assertEquals(3L, seen.get("distinct"), ran.out());
        assertEquals(seen.get("likeliest"), seen.get("chosen"), ran.out());
        assertEquals(3L, seen.get("beams"), ran.out());
        assertEquals(
                List.of(
                        "BadRequestError 400 invalid_value stream",
                        "BadRequestError 400 invalid_value top_p",
                        "BadRequestError 400 context_length_exceeded max_tokens",
                        "BadRequestError 400 wrong_task model",
                        "BadRequestError 400 chat_template_missing messages"),
                seen.get("errors"));
    }

    @Test
    void openAisPackageChatsAndTakesResponses() throws IOException, InterruptedException {
        client();
        chatty();
        Files.writeString(WORK.resolve("chats.mjs"), """
                import OpenAI from "openai";
                const client = new OpenAI({ maxRetries: 0 });
                const messages = [{ role: "user", content: "Once upon a time" }];
                const chat = { model: "chatty", messages, max_completion_tokens: 16, temperature: 0 };
                const whole = await client.chat.completions.create(chat);
                let streamed = "", usage = null;
                for await (const chunk of await client.chat.completions.create(
                    { ...chat, stream: true, stream_options: { include_usage: true } })) {
                  streamed += chunk.choices[0]?.delta?.content ?? "";
                  usage = chunk.usage ?? usage;
                }
                const text = whole.choices[0].message.content;
                const stop = text.trim().split(" ")[2];
                const stopped = await client.chat.completions.create({ ...chat, stop: [stop] });
                const asked = { model: "chatty", input: "Once upon a time", max_output_tokens: 16, temperature: 0 };
                const response = await client.responses.create(asked);
                const types = [];
                let last = null;
                for await (const event of await client.responses.create({ ...asked, stream: true })) {
                  if (types.at(-1) !== event.type) types.push(event.type);
                  last = event.response ?? last;
                }
                const helper = client.responses.stream({ ...asked, stop: [stop] });
                const final = await helper.finalResponse();
                const errors = [];
                const failing = [
                  () => client.responses.create({ ...asked, store: true }),
                  () => client.responses.create({ ...asked, previous_response_id: "resp_1" }),
                  () => client.responses.create({ ...asked, tools: [{ type: "web_search" }] }),
                  () => client.responses.create({ ...asked, max_output_tokens: 100000 }),
                  () => client.chat.completions.create({ ...chat, messages: [{ role: "user", content: "a b ".repeat(2000) }] }),
                  () => client.chat.completions.create({ ...chat, colour: 1 }),
                  () => client.responses.create({ ...asked, model: "no-such-model" }),
                ];
                for (const call of failing) {
                  try { await call(); errors.push("none"); } catch (e) {
                    errors.push([e.constructor.name, e.status, e.code, e.param].join(" "));
                  }
                }
                console.log(JSON.stringify({ text, streamed, finish: whole.choices[0].finish_reason, tokens: usage.completion_tokens,
                  stopped: stopped.choices[0].finish_reason, cut: !stopped.choices[0].message.content.includes(stop),
                  output: response.output_text, status: response.status, types, same: last.output[0].content[0].text,
                  proof: (last.candor.proof ?? "").length > 100, input: response.usage.input_tokens, outputs: response.usage.output_tokens,
                  joules: "joules" in response.usage.energy, finalStatus: final.status, errors }));
                """);
        Ran ran = run("node", "chats.mjs");
        assertEquals(0, ran.exit(), ran.out());
        Map<String, Object> seen = Server.json(ran.out());
        String text = (String) seen.get("text");
        assertFalse(text.isBlank(), ran.out());
        for (String same : List.of("streamed", "output", "same")) {
            assertEquals(text, seen.get(same), same + ": " + ran.out());
        }
        assertEquals("length", seen.get("finish"));
        assertEquals(16L, seen.get("tokens"));
        assertEquals("stop", seen.get("stopped"));
        assertEquals("incomplete", seen.get("status"));
        assertEquals("completed", seen.get("finalStatus"));
        assertEquals(16L, seen.get("outputs"));
        for (String name : List.of("cut", "proof", "joules")) {
            assertEquals(true, seen.get(name), name + ": " + ran.out());
        }
        assertEquals(
                List.of(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.incomplete"),
                seen.get("types"));
        assertEquals(
                List.of(
                        "BadRequestError 400 unsupported_parameter store",
                        "BadRequestError 400 unsupported_parameter previous_response_id",
                        "BadRequestError 400 unsupported_parameter tools[0].type",
                        "BadRequestError 400 context_length_exceeded max_tokens",
                        "BadRequestError 400 context_length_exceeded messages",
                        "BadRequestError 400 unknown_parameter colour",
                        "NotFoundError 404 model_not_found model"),
                seen.get("errors"));
    }

    @Test
    void openAisJavaClientWritesChatsAndFillsInForms() throws IOException, InterruptedException {
        chatty();
        String url = "http://127.0.0.1:" + server.port() + "/v1";
        try (OpenAiJava client = new OpenAiJava(url, key);
                OpenAiJava stranger = new OpenAiJava(url, "wrong")) {
            assertTrue(client.models().containsAll(List.of("encoder-en", "chatty")), client::toString);
            var embedded = client.embed("consent", "withdrawal");
            assertEquals(2, embedded.data().size());
            assertEquals(384, embedded.data().getFirst().embedding().size());

            ChatCompletion whole = client.whole();
            String text = whole.choices().getFirst().message().content().orElseThrow();
            assertFalse(text.isBlank(), whole::toString);
            assertEquals("length", whole.choices().getFirst().finishReason().asString());
            assertEquals(
                    OpenAiJava.TOKENS, whole.usage().orElseThrow().completionTokens(), "the client reads our usage");
            assertTrue(whole._additionalProperties().containsKey("candor"), "the proof reaches those who look for it");
            ChatCompletion streamed = client.streamed();
            assertEquals(text, streamed.choices().getFirst().message().content().orElseThrow());
            assertEquals("length", streamed.choices().getFirst().finishReason().asString());
            assertEquals(text, OpenAiJava.text(client.response()));
            assertEquals(List.of(text, text), client.responseAsItIsWritten());
            assertNotNull(client.verdict().ending, "JSON by the client's schema");
            assertEquals(
                    text,
                    client.complete("chatty", OpenAiJava.TOKENS)
                            .choices()
                            .getFirst()
                            .text());

            assertEquals(
                    List.of(
                            "NotFoundException 404 model_not_found model",
                            "BadRequestException 400 context_length_exceeded max_tokens",
                            "UnauthorizedException 401 invalid_api_key "),
                    List.of(
                            OpenAiJava.refusal(() -> client.complete("no-such-model", 1)),
                            OpenAiJava.refusal(() -> client.complete("chatty", 100_000)),
                            OpenAiJava.refusal(stranger::models)));
        }
    }

    @Test
    void langChain4jChatsAtOnceAndAsItIsWritten() throws Exception {
        chatty();
        String url = "http://127.0.0.1:" + server.port() + "/v1";
        OpenAiChatModel chat = OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey(key)
                .modelName("chatty")
                .temperature(0.0)
                .maxTokens(16)
                .maxRetries(0)
                .build();
        ChatResponse whole = chat.chat(UserMessage.from("Once upon a time"));
        String text = whole.aiMessage().text();
        assertFalse(text.isBlank(), whole::toString);
        assertEquals(FinishReason.LENGTH, whole.finishReason());
        assertEquals(16, whole.tokenUsage().outputTokenCount());
        assertEquals(
                text,
                told(OpenAiStreamingChatModel.builder()
                        .baseUrl(url)
                        .apiKey(key)
                        .modelName("chatty")
                        .temperature(0.0)
                        .maxTokens(16)
                        .build()));
        ChatResponse response = OpenAiResponsesChatModel.builder()
                .baseUrl(url)
                .apiKey(key)
                .modelName("chatty")
                .temperature(0.0)
                .maxOutputTokens(16)
                .build()
                .chat(UserMessage.from("Once upon a time"));
        assertEquals(text, response.aiMessage().text());
        assertEquals(16, response.tokenUsage().outputTokenCount());
        assertEquals(
                text,
                told(OpenAiResponsesStreamingChatModel.builder()
                        .baseUrl(url)
                        .apiKey(key)
                        .modelName("chatty")
                        .temperature(0.0)
                        .maxOutputTokens(16)
                        .build()));
        OpenAiChatModel missing = OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey(key)
                .modelName("no-such-model")
                .maxRetries(0)
                .build();
        assertThrows(ModelNotFoundException.class, () -> missing.chat("Hi"));
        OpenAiChatModel hot = OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey(key)
                .modelName("chatty")
                .temperature(3.0)
                .maxRetries(0)
                .build();
        assertThrows(InvalidRequestException.class, () -> hot.chat("Hi"));
    }

    /** What a model tells piece by piece, which is what it has told in the end. */
    private static String told(StreamingChatModel model) throws Exception {
        StringBuilder pieces = new StringBuilder();
        CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        model.chat("Once upon a time", new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                pieces.append(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                end.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }
        });
        ChatResponse whole = end.get(60, TimeUnit.SECONDS);
        assertEquals(pieces.toString(), whole.aiMessage().text());
        assertEquals(16, whole.tokenUsage().outputTokenCount(), whole::toString);
        return pieces.toString();
    }

    /** stories-tiny with a template, so that it takes conversations. */
    private synchronized void chatty() throws IOException, InterruptedException {
        if (chatty) {
            return;
        }
        Path model = Files.createDirectories(server.home().resolveSibling("chatty"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(
                    Server.root().resolve("packs/stories-tiny/src/main/model").resolve(file), model.resolve(file));
        }
        Files.writeString(
                model.resolve("chat_template.jinja"),
                "<s>{% for message in messages %}{{ message['content'] }}{% endfor %}");
        Path rules = server.home().resolve("etc/org.candor.models.cfg");
        Files.writeString(rules, "\nunsigned = chatty:1.0.0\n", StandardOpenOption.APPEND);
        Server.Result installed = install(model);
        for (int i = 0; i < 30 && installed.exitCode() != 0; i++) {
            Thread.sleep(1_000); // until the server has seen its configuration
            installed = install(model);
        }
        assertEquals(0, installed.exitCode(), installed.err());
        chatty = true;
    }

    private Server.Result install(Path model) throws IOException, InterruptedException {
        return server.candor("install", model.toString(), "--name", "chatty", "--version", "1.0.0", "--activate");
    }

    /** The package, where it can be installed. */
    private void client() throws IOException, InterruptedException {
        Ran node = run("node", "--version");
        assumeTrue(node.exit() == 0, "node is missing: " + node.out());
        if (!Files.exists(WORK.resolve("node_modules/openai/package.json"))) {
            Files.writeString(WORK.resolve("package.json"), "{\"private\":true,\"type\":\"module\"}");
            Ran install = run("npm", "install", "--no-audit", "--no-fund", OPENAI);
            assumeTrue(install.exit() == 0, OPENAI + " cannot be installed: " + install.out());
        }
    }

    private OpenAiEmbeddingModel langChain(String key, String model) {
        return OpenAiEmbeddingModel.builder()
                .baseUrl("http://127.0.0.1:" + server.port() + "/v1")
                .apiKey(key)
                .modelName(model)
                .maxRetries(0)
                .build();
    }

    @Test
    void langChain4jEmbedsAndUnderstandsErrors() {
        OpenAiEmbeddingModel model = langChain(key, "encoder-en");
        Response<List<Embedding>> embedded = model.embedAll(List.of(
                TextSegment.from("The subject withdraws the consent."),
                TextSegment.from("Consent is revoked by the data subject."),
                TextSegment.from("The harbour company built a lighthouse.")));
        List<Embedding> vectors = embedded.content();
        assertEquals(3, vectors.size());
        assertEquals(384, vectors.getFirst().dimension());
        assertEquals(1, norm(vectors.getFirst()), 1e-3);
        double near = CosineSimilarity.between(vectors.get(0), vectors.get(1));
        double far = CosineSimilarity.between(vectors.get(0), vectors.get(2));
        assertTrue(near > far + 0.1, near + " and " + far);
        assertTrue(embedded.tokenUsage().inputTokenCount() >= 15, embedded.tokenUsage()::toString);
        assertEquals(
                vectors.getFirst(),
                model.embed("The subject withdraws the consent.").content(),
                "one alone is as among others");
        assertThrows(ModelNotFoundException.class, () -> langChain(key, "no-such-model")
                .embed("x"));
        assertThrows(AuthenticationException.class, () -> langChain("wrong", "encoder-en")
                .embed("x"));
    }

    private static double norm(Embedding embedding) {
        double sum = 0;
        for (float x : embedding.vector()) {
            sum += x * x;
        }
        return Math.sqrt(sum);
    }

    @Test
    void aValidatorAcceptsTheApisDescription() throws IOException, InterruptedException {
        Path python = WORK.resolve("python/bin/python");
        if (!Files.exists(python)) {
            Ran made = run("python3", "-m", "venv", "python");
            assumeTrue(made.exit() == 0, "python3 with venv is missing: " + made.out());
        }
        Ran install = run(python.toString(), "-m", "pip", "install", "-q", VALIDATOR);
        assumeTrue(install.exit() == 0, VALIDATOR + " cannot be installed: " + install.out());
        Path document = WORK.resolve("openapi.json");
        Files.writeString(document, server.http("GET", "/openapi.json", null).body());
        Ran valid = run(python.toString(), "-m", "openapi_spec_validator", document.toString());
        assertEquals(0, valid.exit(), valid.out());
        Files.writeString(document, Files.readString(document).replace("\"operationId\"", "\"operationID\""));
        Ran invalid = run(python.toString(), "-m", "openapi_spec_validator", document.toString());
        assertFalse(invalid.exit() == 0, "the validator looks");
    }
}
