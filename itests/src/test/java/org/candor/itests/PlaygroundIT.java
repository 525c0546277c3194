package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The console's playground and the figures of models that write, with the toy and with one that has a chat template. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(ConsoleBrowser.Needed.class)
class PlaygroundIT {

    private static final String PASSWORD = "correct horse battery staple";
    private static final String GOOD_SEAL = ".seal [data-verified=true]";
    private static final String PROMPT = "Once upon a time, there was a fox";

    /** Lets the events of a text come one by one, each 100 ms after the one before. */
    private static final String SLOWLY = """
            const fast = window.fetch;
            window.fetch = async (path, options) => {
              const response = await fast(path, options);
              if (!String(path).endsWith('/completions') || !response.ok) return response;
              const text = await response.text();
              const events = text.split('\\n\\n').map(event => new TextEncoder().encode(event + '\\n\\n'));
              const body = new ReadableStream({
                start(out) { options.signal.addEventListener('abort', () => out.error(options.signal.reason)); },
                async pull(out) {
                  await new Promise(later => setTimeout(later, 100));
                  const next = events.shift();
                  if (options.signal.aborted) return;
                  next ? out.enqueue(next) : out.close();
                },
              });
              return new Response(body, {status: response.status, headers: response.headers});
            };""";

    @TempDir
    static Path folder;

    private ConsoleBrowser browser;
    private Server server;
    private String home;
    private String state;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        if (ConsoleBrowser.missing() != null) {
            return;
        }
        browser = ConsoleBrowser.open();
        server = new Server(folder.resolve("home"));
        server.start();
        installWithTemplate();
        home = "http://127.0.0.1:" + server.port() + "/console/";
        ok(server.http("POST", "/admin/password", Json.write(Map.of("password", PASSWORD))), 204);
        Page page = browser.page(null);
        page.navigate(home);
        page.fill("#user", "admin");
        page.fill("#password", PASSWORD);
        page.click("form button.primary");
        page.waitForSelector("nav");
        state = page.context().storageState();
        page.context().close();
    }

    /** The toy once more, with a template that makes a prompt of a conversation. */
    private void installWithTemplate() throws IOException, InterruptedException {
        Path model = Files.createDirectory(folder.resolve("talking"));
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(
                    Server.root().resolve("packs/stories-tiny/src/main/model").resolve(file), model.resolve(file));
        }
        Files.writeString(
                model.resolve("chat_template.jinja"),
                "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}");
        Files.writeString(
                server.home().resolve("etc/org.candor.models.cfg"),
                "\nunsigned = talking:1.0.0\n",
                StandardOpenOption.APPEND);
        String body = Json.write(
                Map.of("folder", model.toString(), "name", "talking", "version", "1.0.0", "reason", "to talk with"));
        HttpResponse<String> installed = server.http("POST", "/admin/models/install", body);
        for (int i = 0; i < 60 && installed.statusCode() != 200; i++) {
            Thread.sleep(1_000); // until the server has seen its configuration
            installed = server.http("POST", "/admin/models/install", body);
        }
        ok(installed, 200);
        ok(
                server.http(
                        "POST",
                        "/admin/models/activate",
                        Json.write(Map.of("model", "talking", "version", "1.0.0", "reason", "to talk with"))),
                200);
    }

    private static void ok(HttpResponse<String> response, int status) {
        assertEquals(status, response.statusCode(), response.body());
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void noScriptFailed() {
        assertEquals(List.of(), browser.troubles());
    }

    private Page open(String path) {
        Page page = browser.page(state);
        page.navigate(home + path);
        ConsoleBrowser.settled(page);
        return page;
    }

    private static void write(Page page, String prompt) {
        page.fill("#prompt", prompt);
        page.click("form button.primary");
        page.waitForSelector(GOOD_SEAL);
        ConsoleBrowser.settled(page);
    }

    @Test
    void aTextGoesOnWithItsFiguresItsProbabilitiesAndItsProof() throws IOException, InterruptedException {
        Page page = open("playground?model=stories-tiny&seed=7&max_tokens=40&temperature=0.8");
        assertTrue(page.isHidden("#mode"), "a model without a template takes no conversation");
        assertEquals("7", page.inputValue("#seed"));
        write(page, PROMPT);
        String text = page.innerText(".written");
        HttpResponse<String> same = server.http(
                "POST",
                "/v1/completions",
                Json.write(Map.of(
                        "model", "stories-tiny", "prompt", PROMPT, "seed", 7L, "max_tokens", 40L, "temperature", 0.8)));
        Map<?, ?> choice = (Map<?, ?>) ((List<?>) Server.json(same.body()).get("choices")).getFirst();
        assertEquals(choice.get("text"), page.evaluate("() => document.querySelector('.written').textContent"));
        String figures = page.innerText(".speed");
        assertTrue(figures.contains("40 tokens") && figures.contains("tokens/s"), figures);
        page.locator(".token").nth(3).hover();
        page.waitForSelector(".token-details table");
        assertTrue(page.locator(".token-details tbody tr").count() >= 5);
        assertEquals(1, page.locator(".token-details tr[aria-current]").count());
        assertTrue(page.innerText(".token-details").contains("%"), page.innerText(".token-details"));
        browser.assertAccessible(page);
        ConsoleBrowser.shoot(page, "playground-tokens");
        page.click("button:text-is('Again with seed 7')");
        page.waitForSelector(GOOD_SEAL);
        assertEquals(text, page.innerText(".written"));
        page.click("button:text-is('Again with a new seed')");
        page.waitForSelector(GOOD_SEAL);
        assertNotEquals(text, page.innerText(".written"));
        page.locator(".turn-end summary").click();
        page.locator(".turn-end a[href^='/console/log/']").click();
        page.waitForSelector("main h1");
        assertTrue(page.url().contains("/console/log/"), page.url());
        page.context().close();
    }

    @Test
    void theKeyboardWritesStopsAndShowsProbabilities() {
        Page page = open("playground?model=stories-tiny&max_tokens=12");
        page.focus("#prompt");
        page.keyboard().type("The cat");
        page.keyboard().press("Control+Enter");
        page.waitForSelector(GOOD_SEAL);
        page.focus(".written");
        page.keyboard().press("ArrowRight");
        page.waitForSelector(".token-details table");
        assertEquals(0, shownToken(page));
        page.keyboard().press("ArrowRight");
        assertEquals(1, shownToken(page));
        page.keyboard().press("End");
        assertEquals(page.locator(".token").count() - 1, shownToken(page));
        page.keyboard().press("Home");
        assertEquals(0, shownToken(page));
        page.context().close();
    }

    /** Number of the token whose alternatives are shown. */
    private static int shownToken(Page page) {
        return (Integer) page.evaluate(
                "() => [...document.querySelectorAll('.token')].findIndex(token => 'shown' in token.dataset)");
    }

    @Test
    void aTextThatIsStoppedStaysAsFarAsItCame() {
        Page page = browser.page(state);
        page.addInitScript(SLOWLY);
        page.navigate(home + "playground?model=stories-tiny&max_tokens=200");
        ConsoleBrowser.settled(page);
        page.fill("#prompt", PROMPT);
        page.click("form button.primary");
        page.locator(".token").nth(2).waitFor();
        assertTrue(page.isDisabled("form button.primary"), "one text at a time");
        ConsoleBrowser.shoot(page, "playground-writing");
        page.click("button:text-is('Stop')");
        page.waitForSelector(".badge.wait >> text=Stopped");
        int tokens = page.locator(".token").count();
        assertTrue(tokens >= 3 && tokens < 200, tokens + " tokens");
        assertTrue(page.isHidden("button:text-is('Stop')"));
        assertTrue(page.isEnabled("form button.primary"));
        assertEquals("prompt", page.evaluate("() => document.activeElement.id"), "the focus is not lost");
        browser.assertAccessible(page);
        page.context().close();
    }

    @Test
    void aConversationGoesOnAndItsProofHoldsWhatWasSaid() {
        Page page = open("playground?model=talking&max_tokens=12");
        assertTrue(page.isVisible("#mode"));
        page.fill("#system", "You tell stories.");
        write(page, "Who lives in the wood?");
        assertEquals("", page.inputValue("#prompt"), "ready for the next message");
        String first = (String) page.evaluate("() => document.querySelector('.written').textContent");
        Request second = page.waitForRequest("**/v1/chat/completions", () -> {
            page.fill("#prompt", "And then?");
            page.click("form button.primary");
        });
        page.locator(".turn").nth(1).locator(GOOD_SEAL).waitFor();
        List<?> messages = (List<?>) Server.json(second.postData()).get("messages");
        assertEquals(
                List.of(
                        Map.of("role", "system", "content", "You tell stories."),
                        Map.of("role", "user", "content", "Who lives in the wood?"),
                        Map.of("role", "assistant", "content", first),
                        Map.of("role", "user", "content", "And then?")),
                messages);
        ConsoleBrowser.shoot(page, "playground-chat");
        browser.assertAccessible(page);
        page.click("button:text-is('New conversation')");
        assertEquals(0, page.locator(".turn").count());
        page.selectOption("#mode", "completion");
        write(page, PROMPT);
        assertEquals(1, page.locator(".turn").count());
        page.context().close();
    }

    @Test
    void aTextThatWasChangedOnItsWayIsRefused() {
        Page page = open("playground?model=stories-tiny&max_tokens=8&seed=7");
        page.route("**/v1/completions", route -> {
            var response = route.fetch();
            route.fulfill(new Route.FulfillOptions()
                    .setResponse(response)
                    .setBody(response.text().replaceFirst("\"text\":\"", "\"text\":\"It is said: ")));
        });
        page.fill("#prompt", PROMPT);
        page.click("form button.primary");
        page.waitForSelector(".seal [data-verified=false]");
        page.click(".seal button");
        assertTrue(page.textContent("dialog .reason").contains("\"continuations\""), page.textContent("dialog"));
        page.context().close();
    }

    @Test
    void whatIsRefusedSaysWhy() {
        Page page = open("playground?model=stories-tiny&max_tokens=100000");
        page.fill("#prompt", PROMPT);
        page.click("form button.primary");
        page.waitForSelector(".state.error");
        assertTrue(page.innerText(".state.error").contains("100000 are wanted"), page.innerText(".state.error"));
        ConsoleBrowser.shoot(page, "playground-refused");
        page.fill("#max_tokens", "8");
        page.click("button:text-is('Try again')");
        page.waitForSelector(GOOD_SEAL);
        assertEquals(0, page.locator(".state.error").count());
        page.context().close();
    }

    @Test
    void withoutAModelThatWritesThePageSaysWhatToDo() {
        Page page = browser.page(state);
        page.route("**/admin/events", route -> route.abort());
        page.route("**/v1/status", route -> {
            var response = route.fetch();
            route.fulfill(new Route.FulfillOptions()
                    .setResponse(response)
                    .setBody(response.text().replaceFirst("\"generators\":\\[.*?]", "\"generators\":[]")));
        });
        page.navigate(home + "playground");
        page.waitForSelector("main .state.empty");
        assertTrue(page.innerText("main").contains("No model that writes is active"), page.innerText("main"));
        browser.assertAccessible(page);
        // A request that is answered here while the page closes would fail this test.
        page.navigate("about:blank");
        page.unroute("**/admin/events");
        page.unroute("**/v1/status");
        page.context().close();
    }

    @Test
    void theCopiedCommandDoesTheSameWithAKey() throws IOException, InterruptedException {
        Page page = open("playground?model=stories-tiny&max_tokens=12&seed=7");
        page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
        page.fill("#prompt", "It's a \"fox\" $HOME");
        page.click("button:text-is('Copy as curl')");
        page.waitForSelector(".notice:not([hidden])");
        String command = (String) page.evaluate("() => navigator.clipboard.readText()");
        assertTrue(command.contains("Bearer $CANDOR_KEY"), command);
        assertFalse(
                command.toLowerCase().contains("csrf") || command.toLowerCase().contains("cookie"), command);
        write(page, "It's a \"fox\" $HOME");
        String text = (String) page.evaluate("() => document.querySelector('.written').textContent");
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", command).redirectError(ProcessBuilder.Redirect.DISCARD);
        shell.environment()
                .put(
                        "CANDOR_KEY",
                        Files.readString(server.home().resolve("cli.key")).strip());
        Process run = shell.start();
        String answer = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, run.waitFor(), answer);
        assertTrue(answer.strip().endsWith("data: [DONE]"), answer);
        StringBuilder said = new StringBuilder();
        answer.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> Server.json(line.substring("data: ".length())))
                .flatMap(chunk -> ((List<?>) chunk.get("choices")).stream())
                .forEach(choice -> said.append(((Map<?, ?>) choice).get("text")));
        assertEquals(text, said.toString());
        page.context().close();
    }

    @Test
    void itIsReadableInBothThemesWidthsAndLanguages() {
        record Look(String name, int width, ColorScheme scheme, String locale) {}
        for (Look look : List.of(
                new Look("light-1280", 1280, ColorScheme.LIGHT, "en-US"),
                new Look("dark-1280", 1280, ColorScheme.DARK, "zh-CN"),
                new Look("light-380", 380, ColorScheme.LIGHT, "zh-CN"),
                new Look("dark-380", 380, ColorScheme.DARK, "en-US"))) {
            String fresh = state.replaceAll("\\{\"name\":\"candor.language\",\"value\":\"[a-z]+\"},?", "");
            Page page = browser.page(look.width(), look.scheme(), look.locale(), fresh);
            page.navigate(home + "playground?model=stories-tiny&max_tokens=60&seed=7&temperature=0.9");
            ConsoleBrowser.settled(page);
            write(page, PROMPT);
            page.locator(".token").nth(2).click();
            page.waitForSelector(".token-details table");
            // What the bar covers while the page is scrolled is no smaller target for that.
            page.evaluate("() => scrollTo(0, 0)");
            ConsoleBrowser.assertFits(page);
            browser.assertAccessible(page);
            ConsoleBrowser.shoot(page, "playground-" + look.name());
            page.navigate(home + "models");
            ConsoleBrowser.settled(page);
            page.waitForSelector(".generator .figure");
            ConsoleBrowser.assertFits(page);
            browser.assertAccessible(page);
            ConsoleBrowser.shoot(page, "generators-" + look.name());
            page.context().close();
        }
    }

    @Test
    void theModelsPageShowsHowAModelWrites() throws IOException, InterruptedException {
        String body =
                Json.write(Map.of("model", "stories-tiny", "prompt", PROMPT, "max_tokens", 30L, "temperature", 0L));
        ok(server.http("POST", "/v1/completions", body), 200);
        Page page = open("models/stories-tiny");
        Locator figures = page.locator(".generator");
        figures.locator(".figure").first().waitFor();
        assertTrue(figures.innerText().matches("(?s).*\\d+ tokens since it was loaded.*"), figures.innerText());
        assertTrue(figures.innerText().contains("Energy per token"), figures.innerText());
        for (int i = 0; i < 100 && !figures.innerText().contains("tokens/s"); i++) {
            Thread.sleep(100);
        }
        assertTrue(figures.innerText().contains("tokens/s"), figures.innerText());
        page.context().close();
    }
}
