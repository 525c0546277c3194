package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.candor.itests.Server.Result;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./candor generate} and {@code ./candor install} on a fresh machine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GenerateIT {

    private static final String PROMPT = "Once upon a time";

    private Path folder;
    private Server server;
    private Result first;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        server = new Server(folder.resolve("home"));
        // No server runs yet.
        first = server.candor("generate", "--seed", "7", "--max-tokens", "40", PROMPT);
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    @Test
    void aTextIsShownAndThenHowItCameAbout() {
        assertEquals(0, first.exitCode(), first.err());
        assertTrue(first.err().contains("ready on http://127.0.0.1:" + server.port()), first.err());
        List<String> lines = first.out().strip().lines().toList();
        assertTrue(
                lines.getLast()
                        .matches("stories-tiny \\S+ · 40 tokens, [0-9.]+ tokens/s · .*(J|energy unknown).*"
                                + " · proof verified: entry \\d+ of \\d+"),
                first.out());
        assertTrue(lines.getFirst().length() > 20, first.out());
    }

    @Test
    void jsonIsTheWholeResponseAndTheSameSeedTheSameText() throws IOException, InterruptedException {
        Result result = server.candor("generate", "--json", "--seed", "7", "--max-tokens", "40", PROMPT);
        assertEquals(0, result.exitCode(), result.err());
        Map<String, Object> whole = Server.json(result.out());
        assertEquals("text_completion", whole.get("object"));
        Map<?, ?> choice = (Map<?, ?>) ((List<?>) whole.get("choices")).getFirst();
        assertEquals("length", choice.get("finish_reason"));
        String text = (String) choice.get("text");
        assertTrue(first.out().startsWith(text), first.out() + "\nand\n" + text);
        assertEquals(7L, ((Map<?, ?>) whole.get("candor")).get("seed"));
    }

    @Test
    void mistakesAreRefusedWithTheirReason() throws IOException, InterruptedException {
        Result model = server.candor("generate", "--model", "no-such-model", PROMPT);
        assertEquals(1, model.exitCode());
        assertTrue(model.err().contains("no-such-model"), model.err());
        Result option = server.candor("generate", "--colour", PROMPT);
        assertEquals(2, option.exitCode());
        assertTrue(option.err().contains("--colour"), option.err());
        Result tokens = server.candor("generate", "--max-tokens", "0", PROMPT);
        assertEquals(2, tokens.exitCode());
        assertTrue(tokens.err().contains("--max-tokens 0"), tokens.err());
    }

    @Test
    void anInstalledFolderServesWhereThatIsAskedFor() throws IOException, InterruptedException {
        Path model = Files.createDirectory(folder.resolve("stories"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(
                    Server.root().resolve("packs/stories-tiny/src/main/model").resolve(file), model.resolve(file));
        }
        Path rules = server.home().resolve("etc/org.candor.models.cfg");
        Files.writeString(rules, "\nunsigned = my-stories:2.0.0\n", StandardOpenOption.APPEND);
        Result installed = install(model);
        for (int i = 0; i < 30 && installed.exitCode() != 0; i++) {
            Thread.sleep(1_000); // until the server has seen its configuration
            installed = install(model);
        }
        assertEquals(0, installed.exitCode(), installed.err());
        assertTrue(installed.out().startsWith("installed my-stories 2.0.0 (llama), "), installed.out());
        assertTrue(installed.out().endsWith("my-stories 2.0.0 serves as my-stories\n"), installed.out());
        Result text = server.candor("generate", "--model", "my-stories", "--seed", "7", "--max-tokens", "40", PROMPT);
        assertEquals(0, text.exitCode(), text.err());
        assertEquals(
                first.out().substring(0, first.out().indexOf("\n\nstories-tiny")),
                text.out().substring(0, text.out().indexOf("\n\nmy-stories")),
                "it is the same model");
    }

    private Result install(Path model) throws IOException, InterruptedException {
        return server.candor("install", model.toString(), "--name", "my-stories", "--version", "2.0.0", "--activate");
    }

    @Test
    void aModelWithAnEncoderWritesAfterItsPrompt() throws IOException, InterruptedException {
        Path reference = Server.root().resolve("../shared/reference/models/t5-gated");
        Assumptions.assumeTrue(Files.isDirectory(reference), "the shared reference is absent: " + reference);
        Path model = Files.createDirectory(folder.resolve("t5"));
        for (String file : List.of("config.json", "generation_config.json", "model.safetensors")) {
            Files.copy(reference.resolve(file), model.resolve(file));
        }
        Files.copy(
                Server.root()
                        .resolve(
                                "bundles/generation/src/test/resources/org/candor/generation/internal/t5-tokenizer.json"),
                model.resolve("tokenizer.json"));
        Files.writeString(
                server.home().resolve("etc/org.candor.models.cfg"),
                "\nunsigned = my-stories:2.0.0, my-t5:1.0.0\n",
                StandardOpenOption.APPEND);
        String[] install = {"install", model.toString(), "--name", "my-t5", "--version", "1.0.0", "--activate"};
        Result installed = server.candor(install);
        for (int i = 0; i < 30 && installed.exitCode() != 0; i++) {
            Thread.sleep(1_000); // until the server has seen its configuration
            installed = server.candor(install);
        }
        assertEquals(0, installed.exitCode(), installed.err());
        assertTrue(installed.out().startsWith("installed my-t5 1.0.0 (t5), "), installed.out());
        Map<?, ?> greedy = (Map<?, ?>) ((List<?>) Server.json(Files.readString(reference.resolve("expected.json")))
                        .get("greedy"))
                .getFirst();
        Map<String, Object> ids = complete(
                200,
                Map.of(
                        "prompt",
                        greedy.get("prompt"),
                        "max_tokens",
                        greedy.get("max_new_tokens"),
                        "temperature",
                        0L,
                        "return_token_ids",
                        true));
        Map<?, ?> choice = (Map<?, ?>) ((List<?>) ids.get("choices")).getFirst();
        assertEquals(greedy.get("continuation_with_eos"), choice.get("token_ids"));
        assertEquals("stop", choice.get("finish_reason"));
        Map<?, ?> usage = (Map<?, ?>) ids.get("usage");
        assertEquals((long) ((List<?>) greedy.get("prompt")).size(), usage.get("prompt_tokens"));
        assertEquals((long) ((List<?>) choice.get("token_ids")).size(), usage.get("completion_tokens"));

        Map<String, Object> asked = Map.of("prompt", "ab cd ef", "max_tokens", 20L, "seed", 5L);
        String text = (String) ((Map<?, ?>) ((List<?>) complete(200, asked).get("choices")).getFirst()).get("text");
        Result shown = server.candor("generate", "--model", "my-t5", "--seed", "5", "--max-tokens", "20", "ab cd ef");
        assertEquals(0, shown.exitCode(), shown.err());
        assertTrue(shown.out().startsWith(text), shown.out() + "\nand\n" + text);
        assertTrue(complete(400, with(asked, "echo", true)).toString().contains("param=echo"));
        HttpResponse<String> chat = server.http(
                "POST",
                "/v1/chat/completions",
                Json.write(Map.of("model", "my-t5", "messages", List.of(Map.of("role", "user", "content", "Hi")))));
        assertEquals(400, chat.statusCode(), chat.body());
        assertTrue(chat.body().contains("no chat template"), chat.body());
    }

    private static Map<String, Object> with(Map<String, Object> asked, String name, Object value) {
        Map<String, Object> more = new HashMap<>(asked);
        more.put(name, value);
        return more;
    }

    private Map<String, Object> complete(int status, Map<String, Object> asked)
            throws IOException, InterruptedException {
        HttpResponse<String> response =
                server.http("POST", "/v1/completions", Json.write(with(asked, "model", "my-t5")));
        assertEquals(status, response.statusCode(), response.body());
        return Server.json(response.body());
    }

    @Test
    void aWrongInstallationIsRefusedWithItsReason() throws IOException, InterruptedException {
        Result missing = server.candor("install", "no-such-folder");
        assertEquals(2, missing.exitCode());
        assertTrue(missing.err().contains("no-such-folder"), missing.err());
        Result noModel = server.candor("install", Server.root().resolve("docs").toString());
        assertEquals(1, noModel.exitCode());
        assertTrue(noModel.err().contains("install: "), noModel.err());
    }
}
