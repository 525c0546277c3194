package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.candor.itests.Server.Result;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Low-rank adapters on a shared base, from the folder to the proof, in one server's life with a restart. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdaptersIT {

    private static final Path STORIES = Server.root().resolve("packs/stories-tiny/src/main/model");
    private static final Path PEFT = Server.root().resolve("../shared/reference/training/llama-lora");
    private static final String PROMPT = "Once upon a time, there was a little dog.";
    private static final List<String> ROUTES = List.of("stories-tiny", "tales", "fables");
    private static final double TOLERANCE = 1e-4;

    private Path folder;
    private Server server;
    /** What each route writes, alone. */
    private final Map<String, String> alone = new LinkedHashMap<>();

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        server = new Server(folder.resolve("home"));
        server.start();
        Installed.trust(server, "true");
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    /** An adapter of random numbers on the values and the outputs of attention. */
    private Path adapter(String name, int rank) throws IOException {
        Map<String, Object> config = Server.json(Files.readString(STORIES.resolve("config.json")));
        int hidden = number(config, "hidden_size");
        int values = hidden / number(config, "num_attention_heads") * number(config, "num_key_value_heads");
        Map<String, Object> header = new LinkedHashMap<>();
        int numbers = 0;
        for (int layer = 0; layer < number(config, "num_hidden_layers"); layer++) {
            for (String module : List.of("v_proj", "o_proj")) {
                String tensor = "base_model.model.model.layers." + layer + ".self_attn." + module;
                int outputs = module.equals("v_proj") ? values : hidden;
                numbers = tensor(header, numbers, tensor + ".lora_A.weight", rank, hidden);
                numbers = tensor(header, numbers, tensor + ".lora_B.weight", outputs, rank);
            }
        }
        byte[] json = Json.write(header).getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + json.length + Float.BYTES * numbers)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        Random random = new Random(rank);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) (0.1 * random.nextGaussian()));
        }
        Path at = Files.createDirectories(folder.resolve(name));
        Files.write(at.resolve("adapter_model.safetensors"), bytes.array());
        Files.writeString(
                at.resolve("adapter_config.json"),
                "{\"peft_type\":\"LORA\",\"task_type\":\"CAUSAL_LM\",\"base_model_name_or_path\":\"me/stories\",\"r\":"
                        + rank + ",\"lora_alpha\":16,\"target_modules\":[\"v_proj\",\"o_proj\"]}");
        return at;
    }

    private static int number(Map<String, Object> config, String key) {
        return ((Number) config.get(key)).intValue();
    }

    private static int tensor(Map<String, Object> header, int from, String name, int rows, int columns) {
        int to = from + rows * columns;
        header.put(
                name,
                Map.of(
                        "dtype", "F32",
                        "shape", List.of(rows, columns),
                        "data_offsets", List.of(Float.BYTES * from, Float.BYTES * to)));
        return to;
    }

    private Result install(Path adapter, String name, String... more) throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of("install", adapter.toString(), "--name", name, "--version", "1.0.0"));
        words.addAll(List.of(more));
        return server.candor(words.toArray(String[]::new));
    }

    private Map<String, Object> post(String path, Map<String, Object> body) throws IOException, InterruptedException {
        return post(path, body, 200);
    }

    private Map<String, Object> post(String path, Map<String, Object> body, int status)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = server.http("POST", path, Json.write(body));
        assertEquals(status, answer.statusCode(), answer.body());
        return Server.json(answer.body());
    }

    private Map<String, Object> write(String route) throws IOException, InterruptedException {
        return post(
                "/v1/completions",
                Map.of("model", route, "prompt", PROMPT, "max_tokens", 40L, "temperature", 0L, "logprobs", 1L));
    }

    /** The text and its tokens' probabilities. */
    private static String written(Map<String, Object> completion) {
        Map<?, ?> choice = (Map<?, ?>) ((List<?>) completion.get("choices")).getFirst();
        return choice.get("text") + "\n" + ((Map<?, ?>) choice.get("logprobs")).get("token_logprobs");
    }

    private Map<?, ?> model(String id) throws IOException, InterruptedException {
        HttpResponse<String> response = server.http("GET", "/v1/models/" + id, null);
        assertEquals(200, response.statusCode(), response.body());
        return Server.json(response.body());
    }

    private static Map<?, ?> candor(Map<?, ?> answer) {
        return (Map<?, ?>) answer.get("candor");
    }

    @Test
    @Order(1)
    void adaptersAreInstalledOnTheirBaseAndWriteTextsOfTheirOwn() throws Exception {
        Result tales = install(adapter("tales", 4), "tales", "--base", "stories-tiny", "--activate");
        for (int i = 0; i < 30 && tales.exitCode() != 0; i++) {
            Thread.sleep(1_000); // until the server has seen its configuration
            tales = install(folder.resolve("tales"), "tales", "--base", "stories-tiny", "--activate");
        }
        assertEquals(0, tales.exitCode(), tales.err());
        assertTrue(tales.out().startsWith("installed tales 1.0.0 (lora on stories-tiny 1.0.0), "), tales.out());
        Result fables = install(adapter("fables", 8), "fables", "--base", "stories-tiny:1.0.0", "--activate");
        assertEquals(0, fables.exitCode(), fables.err());
        for (String route : ROUTES) {
            alone.put(route, written(write(route)));
        }
        assertEquals(3, alone.values().stream().distinct().count(), alone.toString());
    }

    @Test
    @Order(2)
    void baseAndAdaptersAskedAtOnceWriteWhatTheyWriteAlone() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Map<String, Object>>> together = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                String route = ROUTES.get(i % ROUTES.size());
                together.add(callers.submit(() -> write(route)));
            }
            for (int i = 0; i < together.size(); i++) {
                assertEquals(
                        alone.get(ROUTES.get(i % ROUTES.size())),
                        written(together.get(i).get()),
                        "request " + i);
            }
        }
    }

    @Test
    @Order(3)
    void modelsAndAnswersNameAdapterAndBase() throws Exception {
        Map<?, ?> base = model("stories-tiny");
        assertNull(base.get("parent"));
        Map<?, ?> tales = model("tales");
        assertEquals("stories-tiny", tales.get("parent"));
        assertEquals("tales", tales.get("root"));
        assertNotEquals(candor(base).get("digest"), candor(tales).get("digest"));
        Map<String, Object> completion = write("tales");
        for (Map<?, ?> of : List.of(candor(tales), candor(completion))) {
            assertEquals(candor(base).get("digest"), ((Map<?, ?>) of.get("base")).get("digest"));
        }
        assertEquals(
                candor(tales).get("digest"), ((Map<?, ?>) candor(completion).get("model")).get("digest"));
        assertNull(candor(write("stories-tiny")).get("base"));
        Path saved = Files.writeString(folder.resolve("text.json"), Json.write(completion));
        Result verified = server.candor("verify", saved.toString());
        assertEquals(0, verified.exitCode(), verified.err());
        String digest = candor(base).get("digest").toString();
        Path forged = Files.writeString(
                folder.resolve("forged.json"), Json.write(completion).replace(digest, "sha256:" + "0".repeat(64)));
        assertEquals(1, server.candor("verify", forged.toString()).exitCode(), "another base");
        Result shown = server.candor("generate", "--model", "tales", "--max-tokens", "10", PROMPT);
        assertEquals(0, shown.exitCode(), shown.err());
        assertTrue(shown.out().contains("tales 1.0.0 on stories-tiny 1.0.0 · "), shown.out());
        Map<String, Object> ids = post("/tokenize", Map.of("model", "tales", "prompt", PROMPT));
        assertEquals(
                post("/tokenize", Map.of("model", "stories-tiny", "prompt", PROMPT))
                        .get("tokens"),
                ids.get("tokens"));
        assertTrue(post("/detokenize", Map.of("model", "tales", "tokens", ids.get("tokens")))
                .get("prompt")
                .toString()
                .contains("little dog"));
        Map<String, Object> response =
                post("/v1/responses", Map.of("model", "tales", "input", PROMPT, "max_output_tokens", 8L), 400);
        assertTrue(response.toString().contains("no chat template"), "as its base: " + response);
    }

    @Test
    @Order(4)
    void whatIsNoAdapterOfTheBaseIsRefusedAndItsBaseStays() throws Exception {
        Path tales = folder.resolve("tales");
        assertTrue(install(tales, "other").err().contains("(of \"me/stories\", as its files say): say which"));
        assertTrue(install(tales, "other", "--base", "nobody").err().contains("no model \"nobody\" is installed"));
        assertTrue(install(tales, "other", "--base", "encoder-en").err().contains("takes no adapters"));
        assertTrue(install(STORIES, "other", "--base", "stories-tiny").err().contains("install: "));
        Map<String, Object> order = Map.of("model", "stories-tiny", "version", "1.0.0", "reason", "no use");
        String removal = post("/admin/models/remove", order, 400).toString();
        assertTrue(
                removal.contains("stories-tiny 1.0.0 is the base of tales 1.0.0 (active), fables 1.0.0 (active): "),
                removal);
        assertEquals(alone.get("tales"), written(write("tales")));
    }

    @Test
    @Order(5)
    void theReferencesAdaptersGiveItsScores() throws Exception {
        Assumptions.assumeTrue(Files.isDirectory(PEFT), "the shared reference is absent: " + PEFT);
        Path base = Files.createDirectory(folder.resolve("llama"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(PEFT.resolve(file), base.resolve(file));
        }
        Result wrong = install(PEFT.resolve("adapter-step10"), "step10", "--base", "stories-tiny", "--activate");
        assertEquals(1, wrong.exitCode());
        assertTrue(wrong.err().contains("but the configuration asks for"), wrong.err());
        assertEquals(1, wrong.err().strip().lines().count(), wrong.err());
        assertEquals(0, install(base, "llama", "--activate").exitCode());
        assertEquals(
                0,
                install(PEFT.resolve("adapter-step10"), "step10", "--base", "llama", "--activate")
                        .exitCode());
        assertEquals(
                0,
                install(PEFT.resolve("variants/rslora"), "rslora", "--base", "llama", "--activate")
                        .exitCode());
        Logits logits = Logits.read(PEFT.resolve("logits.safetensors"));
        Map<?, ?> probe = (Map<?, ?>)
                Server.json(Files.readString(PEFT.resolve("expected.json"))).get("probe");
        for (Map.Entry<String, String> route :
                Map.of("llama", "base", "step10", "step10", "rslora", "rslora").entrySet()) {
            for (int row = 0; row < ((List<?>) probe.get("input_ids")).size(); row++) {
                int length = ((List<?>) ((List<?>) probe.get("attention_mask")).get(row))
                        .stream().mapToInt(each -> ((Number) each).intValue()).sum();
                List<?> ids = ((List<?>) ((List<?>) probe.get("input_ids")).get(row)).subList(0, length);
                Map<String, Object> completion = post(
                        "/v1/completions",
                        Map.of(
                                "model",
                                route.getKey(),
                                "prompt",
                                ids,
                                "max_tokens",
                                1L,
                                "temperature",
                                0L,
                                "logprobs",
                                1L,
                                "return_token_ids",
                                true));
                Map<?, ?> choice = (Map<?, ?>) ((List<?>) completion.get("choices")).getFirst();
                double[] expected = logits.logProbabilities(route.getValue(), row, length - 1);
                int token = ((Number) ((List<?>) choice.get("token_ids")).getFirst()).intValue();
                double logprob = ((Number)
                                ((List<?>) ((Map<?, ?>) choice.get("logprobs")).get("token_logprobs")).getFirst())
                        .doubleValue();
                assertEquals(expected[token], logprob, TOLERANCE, route + " row " + row);
                assertEquals(Arrays.stream(expected).max().orElseThrow(), logprob, TOLERANCE);
            }
        }
    }

    @Test
    @Order(6)
    void aSwitchOfTheBaseLeavesAdaptersAsTheyWereAndARestartBringsBothBack() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(STORIES.resolve(file), other.resolve(file));
        }
        Installed.folder(server, other, "stories-tiny", "2.0.0");
        Map<String, Object> activated =
                post("/admin/models/activate", Map.of("model", "stories-tiny", "version", "2.0.0", "reason", "a test"));
        assertEquals(2, ((List<?>) activated.get("adapters")).size(), activated.toString());
        assertEquals(alone.get("tales"), written(write("tales")));
        server.stop();
        server.start();
        for (String route : List.of("tales", "fables")) {
            Map<String, Object> completion = null;
            for (int i = 0; i < 60 && completion == null; i++) {
                HttpResponse<String> listed = server.http("GET", "/v1/models/" + route, null);
                if (listed.statusCode() == 200) {
                    completion = write(route);
                } else {
                    Thread.sleep(500); // routes come back one after the other
                }
            }
            assertEquals(alone.get(route), written(completion));
            assertEquals("1.0.0", ((Map<?, ?>) candor(completion).get("base")).get("version"));
        }
        assertEquals("2.0.0", candor(model("stories-tiny")).get("version"));
    }

    /** Tensors of a safetensors file in binary32. */
    private record Logits(Map<String, Object> header, ByteBuffer data) {

        static Logits read(Path file) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            byte[] json = new byte[(int) bytes.getLong()];
            bytes.get(json);
            return new Logits(
                    Server.json(new String(json, StandardCharsets.UTF_8)),
                    bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
        }

        /** Of each token behind a position of a row. */
        double[] logProbabilities(String run, int row, int position) {
            Map<?, ?> tensor = (Map<?, ?>) header.get(run + ".logits");
            int[] shape = ((List<?>) tensor.get("shape"))
                    .stream().mapToInt(each -> ((Number) each).intValue()).toArray();
            int begin = ((Number) ((List<?>) tensor.get("data_offsets")).getFirst()).intValue()
                    + Float.BYTES * (row * shape[1] + position) * shape[2];
            double[] values = new double[shape[2]];
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                values[i] = data.getFloat(begin + Float.BYTES * i);
                sum += Math.exp(values[i]);
            }
            double normalizer = Math.log(sum);
            return Arrays.stream(values).map(value -> value - normalizer).toArray();
        }
    }
}
