package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        server = new Server(folder.resolve("home"));
        server.start();
        key = Files.readString(server.home().resolve("cli.key")).strip();
        Files.createDirectories(WORK);
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
                        "BadRequestError 400 unknown_member seed string",
                        "AuthenticationError 401 invalid_key  string"),
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
                        "BadRequestError 400 invalid_value max_tokens",
                        "BadRequestError 400 wrong_task model",
                        "BadRequestError 400 chat_template_missing messages"),
                seen.get("errors"));
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
