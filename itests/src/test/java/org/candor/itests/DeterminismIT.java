package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.candor.itests.Server.Result;
import org.candor.proof.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same request and seed give the same bytes over HTTP: alone; 32 at once in a cache that does not hold them all, so that they give
 * their places and come back; with a prefix that is known and without.
 */
class DeterminismIT {

    private static final int REQUESTS = 200;
    private static final int TOGETHER = 32;
    private static final String STORY = "Once upon a time, there was a little girl named Lily. She had a red ball."
            + " One day she went to the park with her dog. ";
    private static final List<String> WORDS = List.of(
            "The dog ", "was happy. ", "Lily said, ", "\"Hello!\" ", "and ran to ", "the big tree. ", "A bird ");

    /** Everything of a request but its model. */
    private static List<Map<String, Object>> requests() {
        Random random = new Random(29);
        List<Map<String, Object>> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("prompt", i % 2 == 0 ? story(random) : ids(random));
            request.put("max_tokens", 8L + random.nextInt(24));
            request.put("seed", (long) i);
            request.put("return_token_ids", true);
            switch (i % 8) {
                case 0 -> request.put("temperature", 0L);
                case 1 -> request.put("top_p", 0.9);
                case 2 -> request.putAll(Map.of("n", 2L, "logprobs", 2L));
                case 3 -> request.putAll(Map.of("best_of", 3L, "temperature", 0.8));
                case 4 -> request.putAll(Map.of("use_beam_search", true, "best_of", 3L));
                case 5 -> request.putAll(Map.of("top_k", 20L, "repetition_penalty", 1.1, "stop", List.of("dog")));
                default -> request.put("logprobs", 1L);
            }
            requests.add(request);
        }
        return requests;
    }

    private static String story(Random random) {
        StringBuilder story = new StringBuilder(STORY);
        for (int words = random.nextInt(12); words > 0; words--) {
            story.append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return story.toString().strip();
    }

    private static List<Long> ids(Random random) {
        return random.longs(60 + random.nextInt(60), 3, 512).boxed().toList();
    }

    /** @param cached tokens that were known already */
    private record Answer(Object choices, long cached) {}

    private static Answer ask(Server server, String model, Map<String, Object> request)
            throws IOException, InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>(request);
        body.put("model", model);
        HttpResponse<String> response = server.http("POST", "/v1/completions", Json.write(body));
        assertEquals(200, response.statusCode(), response.body());
        Map<String, Object> json = Server.json(response.body());
        Map<?, ?> usage = (Map<?, ?>) json.get("usage");
        Map<?, ?> details = (Map<?, ?>) usage.get("prompt_tokens_details");
        return new Answer(json.get("choices"), (long) details.get("cached_tokens"));
    }

    @Test
    void theSameRequestAndSeedGiveTheSameBytes(@TempDir Path temporary) throws Exception {
        List<Map<String, Object>> requests = requests();
        try (Server server = new Server(temporary.resolve("home"))) {
            server.start();
            installCrowded(server, temporary);
            List<Object> alone = new ArrayList<>();
            long unknown = 0;
            for (Map<String, Object> request : requests) {
                Answer answer = ask(server, "stories-tiny", request);
                alone.add(answer.choices());
                unknown += answer.cached() == 0 ? 1 : 0;
            }
            assertTrue(unknown >= REQUESTS / 3, "requests of which nothing was known: " + unknown);
            Map<Integer, Object> together = new ConcurrentHashMap<>();
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, REQUESTS).boxed().toList());
            Collections.shuffle(order, new Random(31));
            try (ExecutorService clients = Executors.newFixedThreadPool(TOGETHER)) {
                List<Future<?>> all = new ArrayList<>();
                for (int i : order) {
                    all.add(clients.submit(() -> together.put(
                            i, ask(server, "crowded", requests.get(i)).choices())));
                }
                for (Future<?> one : all) {
                    one.get();
                }
            }
            long known = 0;
            for (int i = REQUESTS - 40; i < REQUESTS; i++) {
                Answer again = ask(server, "stories-tiny", requests.get(i));
                assertEquals(alone.get(i), again.choices(), "again, request " + i);
                known += again.cached() > 0 ? 1 : 0;
            }
            assertTrue(known >= 30, "requests of which the beginning was known: " + known);
            for (int i = 0; i < REQUESTS; i++) {
                assertEquals(alone.get(i), together.get(i), "together, request " + i + ": " + requests.get(i));
            }
        }
    }

    /** The same model with a cache of 2,048 tokens, the fewest that there are. */
    private static void installCrowded(Server server, Path temporary) throws IOException, InterruptedException {
        Path model = Files.createDirectory(temporary.resolve("crowded"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(
                    Server.root().resolve("packs/stories-tiny/src/main/model").resolve(file), model.resolve(file));
        }
        Files.writeString(
                server.home().resolve("etc/org.candor.models.cfg"),
                "\nunsigned = crowded:1.0.0\ncacheBytes = 1000000\n",
                StandardOpenOption.APPEND);
        String[] install = {"install", model.toString(), "--name", "crowded", "--version", "1.0.0", "--activate"};
        Result installed = server.candor(install);
        for (int i = 0; i < 30 && installed.exitCode() != 0; i++) {
            Thread.sleep(1_000); // until the server has seen its configuration
            installed = server.candor(install);
        }
        assertEquals(0, installed.exitCode(), installed.err());
        Map<String, Object> card =
                Server.json(Files.readString(server.home().resolve("models/references/crowded-1.0.0/card.json")));
        assertEquals(2_048L, ((Map<?, ?>) card.get("generator")).get("cacheTokens"));
    }
}
