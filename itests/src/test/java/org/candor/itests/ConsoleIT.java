package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.itests.Server.Result;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The console in a browser, on the real server: every page in both themes and widths, and what can be done on them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(ConsoleBrowser.Needed.class)
class ConsoleIT {

    private static final Pattern PASSWORD = Pattern.compile("shown this once .*: (\\S+)");
    private static final String OWN = "correct horse battery staple";
    private static final String QUESTION = "What does withdrawal of consent reach?";
    private static final String GOOD_SEAL = ".seal [data-verified=true]";
    private static final int MOST_BYTES = 200_000;
    /** Texts that take an encoder some seconds. */
    private static final int SLOW = 160;

    private static final List<String> PAGES = List.of(
            "",
            "ask",
            "playground",
            "library",
            "models",
            "policies",
            "consent",
            "energy",
            "log",
            "access",
            "health",
            "account",
            "log/0",
            "library/platform/withdrawal.md",
            "models/encoder-en",
            "consent/anna-berg");

    @TempDir
    static Path folder;

    private ConsoleBrowser browser;
    private Server server;
    private String home;
    private String state;

    /** The first sign-in: the password that was made has to be changed before anything else is shown. */
    @BeforeAll
    void signInForTheFirstTime() throws IOException, InterruptedException {
        if (ConsoleBrowser.missing() != null) {
            return;
        }
        browser = ConsoleBrowser.open();
        server = new Server(folder.resolve("home"));
        Result started = server.candor("start");
        assertEquals(0, started.exitCode(), started.err());
        Matcher shown = PASSWORD.matcher(started.out() + started.err());
        assertTrue(shown.find(), started.err());
        awaitLibrary();
        home = "http://127.0.0.1:" + server.port() + "/console/";
        Page page = browser.page(null);
        page.navigate("http://127.0.0.1:" + server.port() + "/");
        assertEquals(home, page.url());
        page.waitForSelector("#password");
        browser.assertAccessible(page);
        ConsoleBrowser.shoot(page, "signin");
        signIn(page, "admin", "wrong password here");
        page.waitForSelector(".reason:not(:empty)");
        signIn(page, "admin", shown.group(1));
        page.waitForSelector("#fresh, nav");
        if (page.querySelector("#fresh") == null) {
            page.navigate(home + "account");
        }
        changePassword(page, shown.group(1), OWN);
        page.waitForSelector("nav");
        state = page.context().storageState();
        page.context().close();
    }

    /** A question asked before the library is indexed has another answer. */
    private void awaitLibrary() throws IOException, InterruptedException {
        for (int i = 0; i < 3_000; i++) {
            Map<?, ?> library = (Map<?, ?>)
                    Server.json(server.http("GET", "/v1/status", null).body()).get("library");
            if ("idle".equals(library.get("state"))
                    && !"0".equals(library.get("documents").toString())) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("the library was not indexed");
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

    private static void signIn(Page page, String user, String password) {
        page.fill("#user", user);
        page.fill("#password", password);
        page.click("form button.primary");
    }

    private static void changePassword(Page page, String old, String fresh) {
        page.waitForSelector("#fresh");
        page.fill("#old", old);
        page.fill("#fresh", fresh);
        page.fill("#again", fresh);
        page.click("form button.primary");
    }

    private Page open(String path) {
        Page page = browser.page(state);
        page.navigate(home + path);
        ConsoleBrowser.settled(page);
        return page;
    }

    /** Confirms an open dialog of a change and waits for its log entry, sealed by this browser. */
    private static void confirm(Page page, String reason, String typed) {
        Locator dialog = page.locator("dialog");
        if (reason != null) {
            dialog.locator("textarea[name=reason]").fill(reason);
        }
        if (typed != null) {
            assertTrue(dialog.locator("button[type=submit]").isDisabled(), "not before the name is typed");
            dialog.locator("input[name=typed]").fill(typed);
        }
        dialog.locator("button[type=submit]").click();
        dialog.locator(GOOD_SEAL).waitFor();
        assertTrue(dialog.locator("a[href^='/console/log/']").count() > 0, dialog.textContent());
        dialog.locator("button.primary").click();
        dialog.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    @Test
    void everyPageIsReadableInBothThemesWidthsAndLanguages() {
        record Look(String name, int width, ColorScheme scheme, String locale) {}
        for (Look look : List.of(
                new Look("light-1280", 1280, ColorScheme.LIGHT, "en-US"),
                new Look("dark-1280", 1280, ColorScheme.DARK, "zh-CN"),
                new Look("light-380", 380, ColorScheme.LIGHT, "zh-CN"),
                new Look("dark-380", 380, ColorScheme.DARK, "en-US"))) {
            // The language is part of what is stored; here the browser's own counts.
            String fresh = state.replaceAll("\\{\"name\":\"candor.language\",\"value\":\"[a-z]+\"},?", "");
            Page page = browser.page(look.width(), look.scheme(), look.locale(), fresh);
            for (String path : PAGES) {
                page.navigate(home + path);
                ConsoleBrowser.settled(page);
                ConsoleBrowser.shoot(
                        page, (path.isEmpty() ? "overview" : path.replaceAll("\\W+", "-")) + "-" + look.name());
                ConsoleBrowser.assertFits(page);
                browser.assertAccessible(page);
                assertEquals(
                        0,
                        page.locator("main .state.error:not(.absent)").count(),
                        path + ": " + page.locator("main").textContent());
                assertFalse(
                        page.locator("body").innerText().matches("(?s).*(\\b(undefined|NaN|Infinity)\\b|\\[object ).*"),
                        path);
            }
            page.context().close();
        }
    }

    @Test
    void aPageIsLight() {
        for (String path : PAGES) {
            Page page = browser.page(state);
            long bytes = ConsoleBrowser.weigh(page, () -> {
                page.navigate(home + path);
                ConsoleBrowser.settled(page);
            });
            page.context().close();
            assertTrue(bytes > 20_000 && bytes < MOST_BYTES, path + " takes " + bytes + " bytes");
        }
    }

    @Test
    void anAnswersProofIsVerifiedInTheBrowserAndEveryStepIsShown() {
        Page page = open("ask");
        page.fill("#question", QUESTION);
        page.click("form button.primary");
        page.waitForSelector(GOOD_SEAL);
        assertTrue(page.textContent(".answer .quote").contains("every document that names the subject"));
        page.click(GOOD_SEAL);
        Locator steps = page.locator("dialog .steps > li");
        assertEquals(8, steps.count());
        assertEquals(8, page.locator("dialog .steps > li summary .badge.good").count());
        steps.nth(7).locator("summary").click();
        browser.assertAccessible(page);
        ConsoleBrowser.shoot(page, "proof-steps");
        page.keyboard().press("Escape");
        page.click("button:text-is('Why this answer?')");
        page.waitForSelector(".badge.good >> text=quoted");
        ConsoleBrowser.shoot(page, "why");
        Download saved = page.waitForDownload(() -> page.click("button:text-is('Save with its proof')"));
        assertTrue(saved.suggestedFilename().endsWith(".json"));
        page.reload();
        page.waitForSelector(GOOD_SEAL);
        assertEquals(QUESTION, page.inputValue("#question"), "reload keeps the question");
        page.context().close();
    }

    @Test
    void anAnswerThatWasChangedOnItsWayIsRefused() {
        Page page = open("ask");
        page.route("**/v1/answers", route -> changeAnswer(route));
        page.fill("#question", QUESTION);
        page.click("form button.primary");
        page.waitForSelector(".seal [data-verified=false]");
        page.click(".seal button");
        assertTrue(page.textContent("dialog .reason").contains("\"answer\""), page.textContent("dialog"));
        assertEquals(7, page.locator("dialog .steps summary .badge.good").count(), "what holds is shown to hold");
        ConsoleBrowser.shoot(page, "tampered");
        page.context().close();
    }

    private static void changeAnswer(Route route) {
        var response = route.fetch();
        String changed = response.text().replaceFirst("\"answer\":\"", "\"answer\":\"It is said that ");
        route.fulfill(new Route.FulfillOptions().setResponse(response).setBody(changed));
    }

    @Test
    void aCitationIsHighlightedInItsDocument() {
        Page page = open("ask?q=" + QUESTION.replace(" ", "+"));
        page.waitForSelector(GOOD_SEAL);
        Locator citation = page.locator(".citations > li").first();
        citation.locator("text=Show in the document").click();
        citation.locator("mark").waitFor();
        assertEquals(
                citation.locator("blockquote").innerText(),
                citation.locator("mark").innerText());
        citation.locator(".badge.good").waitFor();
        citation.locator("a").click();
        page.waitForSelector("main .text mark");
        assertTrue(page.url().contains("/library/platform/withdrawal.md?start="), page.url());
        page.goBack();
        page.waitForSelector(GOOD_SEAL);
        page.context().close();
    }

    @Test
    void documentsAreUploadedFoundAndDeleted() throws IOException {
        Path file = Files.writeString(folder.resolve("kite.md"), "The kite festival at Lumen Bay is in June.\n");
        Page page = open("library");
        page.click("button:text-is('Upload')");
        page.setInputFiles("dialog input[type=file]", file);
        assertTrue(page.textContent("dialog .reach").contains("Adds 1 document"));
        page.fill("dialog input[name=folder]", "events");
        page.fill("dialog input[name=subjects]", "kim-wind");
        page.check("dialog input[name=role-auditor]");
        page.check("dialog input[name=role-steward]");
        ConsoleBrowser.shoot(page, "upload");
        browser.assertAccessible(page);
        confirm(page, null, null);
        page.fill(".filter", "kite");
        page.waitForSelector("text=events/kite.md");
        assertEquals(1, page.locator("main tbody tr").count());
        assertTrue(page.locator("main tbody tr").innerText().contains("auditor, steward"));
        ConsoleBrowser.shoot(page, "library-readers");
        page.reload();
        ConsoleBrowser.settled(page);
        assertEquals("kite", page.inputValue(".filter"), "reload keeps the filter");
        page.click("text=events/kite.md");
        page.waitForSelector("text=Lumen Bay");
        page.click("button.danger");
        confirm(page, null, "kite.md");
        page.waitForURL(home + "library");
        page.context().close();
    }

    @Test
    void consentIsGrantedWithdrawnAndErasedWithAPreview() throws IOException, InterruptedException {
        String content = "---\nsubjects: [otto-reed]\n---\n\nOtto Reed repairs the organ at Hollow Church.\n";
        HttpResponse<String> added = server.http(
                "POST", "/v1/documents", Json.write(Map.of("document", "people/otto.md", "content", content)));
        assertEquals(201, added.statusCode(), added.body());
        Page page = open("consent/otto-reed");
        page.click("button:text-is('Grant')");
        confirm(page, "signed form", null);
        page.waitForSelector(".badge.good >> text=granted");
        page.click("button:text-is('Withdraw')");
        page.waitForSelector("dialog .reach >> text=people/otto.md");
        confirm(page, "asked by phone", null);
        page.waitForSelector(".badge.warn >> text=withdrawn");
        page.click("button:text-is('Erase')");
        page.waitForSelector("dialog .reach >> text=people/otto.md");
        ConsoleBrowser.shoot(page, "erase");
        browser.assertAccessible(page);
        confirm(page, "request of today", "otto-reed");
        page.waitForSelector(".badge.bad >> text=erased");
        page.waitForSelector(
                "a:has-text('people/otto.md')",
                new Page.WaitForSelectorOptions().setState(WaitForSelectorState.DETACHED));
        page.context().close();
    }

    @Test
    void aModelThatCannotServeSaysWhy() throws IOException {
        Path broken = Files.createDirectories(folder.resolve("broken-model"));
        Files.writeString(broken.resolve("config.json"), "{\"model_type\": \"bert\"}");
        Page page = open("models");
        assertTrue(
                page.textContent("main .lead").contains("models active of 4 revisions installed"),
                page.textContent("main .lead"));
        page.click("button:text-is('Install')");
        page.fill("dialog input[name=folder]", broken.toString());
        page.fill("dialog textarea[name=reason]", "a try");
        page.click("dialog button[type=submit]");
        page.waitForSelector("dialog .state.error, dialog .badge.bad");
        assertTrue(page.textContent("dialog").length() > 100, page.textContent("dialog"));
        ConsoleBrowser.shoot(page, "model-refused");
        page.context().close();
    }

    @Test
    void theLogProvesItselfAndWhatIsPasted() throws IOException, InterruptedException {
        Page page = open("log");
        page.waitForSelector(".badge.good >> text=verified here");
        open("ask?q=Who+approves+a+policy%3F").waitForSelector(GOOD_SEAL);
        page.reload();
        page.waitForSelector("text=without a change");
        String answer = server.http("POST", "/v1/answers", Json.write(Map.of("question", QUESTION)))
                .body();
        page.fill("#pasted", answer);
        page.click(".drop button.primary");
        page.waitForSelector(".verdict > p > .badge.good");
        page.fill("#pasted", answer.replace("every document", "some documents"));
        page.click(".drop button.primary");
        page.waitForSelector(".verdict > p > .badge.bad");
        page.click("tbody a");
        page.waitForSelector("text=verified here");
        assertTrue(page.locator("pre.text").textContent().contains("\"commitments\""));
        page.context().close();
    }

    @Test
    void anAnswerThatWasSavedIsVerifiedWhenItsFileIsDropped() throws IOException {
        Page page = open("ask?q=" + QUESTION.replace(" ", "+"));
        page.waitForSelector(GOOD_SEAL);
        Path saved = page.waitForDownload(() -> page.click("button:text-is('Save with its proof')"))
                .path();
        String answer = Files.readString(saved);
        page.navigate(home + "log");
        drop(page, answer);
        page.waitForSelector(".verdict > p > .badge.good");
        assertEquals(answer, page.inputValue("#pasted"), "what was dropped is shown");
        ConsoleBrowser.shoot(page, "log-dropped");
        browser.assertAccessible(page);
        drop(page, answer.replaceFirst("\"answer\":\"", "\"answer\":\"It is said that "));
        page.waitForSelector(".verdict > p > .badge.bad");
        page.context().close();
    }

    /** As a file manager does it. */
    private static void drop(Page page, String content) {
        page.waitForSelector(".drop");
        JSHandle files = page.evaluateHandle("""
                content => {
                  const files = new DataTransfer();
                  files.items.add(new File([content], 'answer.json', {type: 'application/json'}));
                  return files;
                }""", content);
        page.dispatchEvent(".drop", "dragover", Map.of("dataTransfer", files));
        assertEquals(1, page.locator(".drop.over").count());
        page.dispatchEvent(".drop", "drop", Map.of("dataTransfer", files));
        assertEquals(0, page.locator(".drop.over").count());
    }

    @Test
    void leasesAreShownLiveWhileARevisionDrains() throws Exception {
        Page page = open("models");
        Locator row =
                page.locator("tr", new Page.LocatorOptions().setHas(page.locator("a:text-is('encoder-en 1.0.0')")));
        String text = "The harbour master walks along the pier and counts the boats. ".repeat(30);
        String body = Json.write(Map.of("model", "encoder-en", "input", Collections.nCopies(SLOW, text)));
        try (ExecutorService background = Executors.newSingleThreadExecutor()) {
            Future<Integer> slow = background.submit(
                    () -> server.http("POST", "/v1/embeddings", body).statusCode());
            // one is the index's own, which stays until the library is embedded anew
            row.locator("[data-leases]:text-is('2')").waitFor();
            long entries = logSize();
            activate("1.1.0");
            row.locator(".badge >> text=draining").waitFor();
            row.locator("[data-leases]:text-is('1')").waitFor();
            ConsoleBrowser.shoot(page, "models-draining");
            assertEquals(200, slow.get());
            row.locator(".badge >> text=standby").waitFor();
            row.locator("[data-leases]:text-is('0')").waitFor();
            assertTrue(logSize() - entries < 20, "looking at leases is no operation");
        } finally {
            activate("1.0.0");
        }
        row.locator(".badge >> text=active").waitFor();
        awaitLibrary();
        page.context().close();
    }

    private long logSize() throws IOException, InterruptedException {
        Map<?, ?> log = (Map<?, ?>)
                Server.json(server.http("GET", "/v1/status", null).body()).get("log");
        return (Long) log.get("size");
    }

    private void activate(String version) throws IOException, InterruptedException {
        HttpResponse<String> response = server.http(
                "POST",
                "/admin/models/activate",
                Json.write(Map.of("model", "encoder-en", "version", version, "reason", "a test")));
        assertEquals(200, response.statusCode(), response.body());
    }

    @Test
    void theVerifierWorksAsASavedFileWithoutANetwork() throws IOException, InterruptedException {
        Path saved = folder.resolve("verifier.html");
        Files.writeString(
                saved, server.http("GET", "/console/verifier.html", null).body());
        String answer = server.http("POST", "/v1/answers", Json.write(Map.of("question", QUESTION)))
                .body();
        Page page = browser.page(null);
        page.context().setOffline(true);
        page.navigate(saved.toUri().toString());
        page.fill("#key", Files.readString(server.home().resolve("log/key.pub")).strip());
        page.fill("#pasted", answer);
        page.click("button.primary");
        page.waitForSelector(".verdict > p > .badge.good");
        browser.assertAccessible(page);
        ConsoleBrowser.shoot(page, "offline-verifier");
        page.fill("#pasted", answer.replace("\"language\":\"en\"", "\"language\":\"zh\""));
        page.click("button.primary");
        page.waitForSelector(".verdict > p > .badge.bad");
        page.context().close();
    }

    @Test
    void usersAndKeysAreMadeUsedAndRevoked() {
        Page page = open("access");
        page.click("button:text-is('New user')");
        page.fill("dialog input[name=name]", "vera");
        page.click("dialog button[type=submit]");
        page.waitForSelector("dialog .secret");
        String password = page.textContent("dialog .secret");
        page.click("dialog button.primary");
        page.waitForSelector("tbody >> text=vera");

        Page other = browser.page(null);
        other.navigate(home + "consent");
        other.waitForSelector("#user");
        signIn(other, "vera", password);
        changePassword(other, password, "her own long password");
        other.waitForSelector("text=Not offered to you");
        other.navigate(home + "account");
        other.click("main button:text-is('Sign out')");
        other.waitForSelector("#password");
        other.context().close();

        page.click("button:text-is('New key')");
        page.fill("dialog input[name=name]", "nightly");
        page.click("dialog button[type=submit]");
        page.waitForSelector("dialog .secret");
        assertTrue(page.textContent("dialog .secret").length() >= 32);
        page.click("dialog button.primary");
        page.locator("tr", new Page.LocatorOptions().setHasText("nightly"))
                .locator("button.danger")
                .click();
        confirm(page, null, "nightly");
        page.waitForSelector(
                "tr:has-text('nightly')", new Page.WaitForSelectorOptions().setState(WaitForSelectorState.DETACHED));
        page.locator("tr", new Page.LocatorOptions().setHasText("vera"))
                .locator("button.danger")
                .click();
        confirm(page, null, "vera");
        page.context().close();
    }

    @Test
    void energyHasAChartWithItsTableAndACsv() throws IOException {
        Page page = open("energy");
        page.waitForSelector("svg.chart");
        page.locator("details.behind summary").last().click();
        Download csv = page.waitForDownload(
                () -> page.locator("details[open] button").last().click());
        String text = Files.readString(csv.path(), StandardCharsets.UTF_8);
        assertTrue(text.startsWith("time,"), text);
        assertTrue(text.lines().count() >= 2, text);
        page.context().close();
    }

    @Test
    void healthListsEveryBundleAndComponent() {
        Page page = open("health");
        page.waitForSelector("#bundles");
        assertTrue(page.locator("main").innerText().contains("org.candor.console"));
        page.context().close();
    }

    @Test
    void policiesShowWhatIsInForceAndWhatWouldChange() {
        Page page = open("policies");
        assertTrue(page.textContent("main .lead").contains("decides"), page.textContent("main .lead"));
        assertNotNull(page.querySelector("#active ~ dl"));
        page.context().close();
    }

    @Test
    void aLostConnectionIsSaidAndRecoversByItself() {
        Page page = browser.page(state);
        page.route("**/admin/events", route -> route.abort());
        page.navigate(home);
        page.waitForSelector(".ready .badge.good");
        page.route("**/v1/status", route -> route.abort());
        page.waitForSelector(".banner:not([hidden])");
        page.waitForSelector(".ready .badge.bad");
        ConsoleBrowser.shoot(page, "connection-lost");
        page.unroute("**/admin/events");
        page.unroute("**/v1/status");
        page.waitForSelector(".banner", new Page.WaitForSelectorOptions().setState(WaitForSelectorState.HIDDEN));
        page.waitForSelector(".ready .badge.good");
        page.context().close();
    }

    @Test
    void theKeyboardLeadsEverywhere() {
        Page page = open("");
        page.keyboard().press("g");
        page.keyboard().press("l");
        page.waitForURL(home + "library");
        page.waitForSelector("main .filter");
        page.keyboard().press("/");
        page.waitForSelector(".filter:focus");
        page.keyboard().type("erasure");
        assertEquals("erasure", page.inputValue(".filter"));
        page.locator("h1").click();
        page.keyboard().press("?");
        page.waitForSelector("dialog kbd");
        page.keyboard().press("Escape");
        page.waitForSelector("dialog", new Page.WaitForSelectorOptions().setState(WaitForSelectorState.DETACHED));
        page.reload();
        ConsoleBrowser.settled(page);
        page.keyboard().press("Tab");
        assertEquals(
                "#main",
                page.evaluate("() => document.activeElement.getAttribute('href')"),
                "the first stop skips the navigation");
        page.context().close();
    }
}
