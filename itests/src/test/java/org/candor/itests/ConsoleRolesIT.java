package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.candor.proof.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The console for people who may not do everything: what they are offered is what the policy in force permits, as it changes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(ConsoleBrowser.Needed.class)
class ConsoleRolesIT {

    private static final String PASSWORD = "correct horse battery staple";
    /** So many that it takes some seconds to index them. */
    private static final int PATIENCE_SECONDS = 60;

    private static final int LONG_DOCUMENTS = 40;

    private static final String LONG_TEXT =
            "The weir N of Lumen Bay is kept by the harbour company, which counts the herons each morning.\n\n"
                    .repeat(12);

    private static final String GOOD_SEAL = ".seal [data-verified=true]";

    @TempDir
    static Path folder;

    private ConsoleBrowser browser;
    private Server server;
    private String home;
    private final Map<String, String> states = new TreeMap<>();
    /** Calls of pages that were refused. */
    private final List<String> refused = new ArrayList<>();

    @BeforeAll
    void start() throws IOException, InterruptedException {
        if (ConsoleBrowser.missing() != null) {
            return;
        }
        browser = ConsoleBrowser.open();
        server = new Server(folder.resolve("home"));
        server.start();
        Files.writeString(
                server.home().resolve("etc/org.candor.models.cfg"),
                "\nunsigned = tiny:1.0.0, tiny:1.1.0, frail:1.0.0, frail:9.0.1\n",
                StandardOpenOption.APPEND);
        server.stop();
        server.start();
        home = "http://127.0.0.1:" + server.port() + "/console/";
        ok(server.http("POST", "/admin/password", Json.write(Map.of("password", PASSWORD))), 204);
        String content = "---\nsubjects: [anna-berg]\n---\n\nAnna Berg tunes the organ.\n";
        String document = Json.write(Map.of("document", "people/anna.md", "content", content));
        HttpResponse<String> added = server.http("POST", "/v1/documents", document);
        // A server is ready with the model of one language; that of the other may still be loading.
        for (int i = 0; i < PATIENCE_SECONDS && added.statusCode() == 503; i++) {
            Thread.sleep(1_000);
            added = server.http("POST", "/v1/documents", document);
        }
        ok(added, 201);
        ok(server.http("POST", "/admin/consent/grant", Json.write(Map.of("subject", "anna-berg"))), 200);
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

    /** A user of these roles, with a password that need not be changed. */
    private void user(String name, String... roles) throws IOException, InterruptedException {
        ok(server.http("POST", "/admin/users", Json.write(Map.of("name", name, "roles", List.of(roles)))), 201);
        ok(server.http("POST", "/admin/password", Json.write(Map.of("user", name, "password", PASSWORD))), 204);
    }

    /** The overview, signed in as a user. */
    private Page signedIn(String user) {
        Page page = browser.page(states.get(user));
        page.onResponse(response -> {
            if (response.status() == 403) {
                refused.add(user + ": " + response.request().method() + " " + response.url());
            }
        });
        page.navigate(home);
        if (!states.containsKey(user)) {
            page.waitForSelector("#password");
            page.fill("#user", user);
            page.fill("#password", PASSWORD);
            page.click("form button.primary");
            page.waitForSelector("nav");
            states.put(user, page.context().storageState());
        }
        ConsoleBrowser.settled(page);
        return page;
    }

    private void go(Page page, String path) {
        page.navigate(home + path);
        ConsoleBrowser.settled(page);
    }

    private static Set<String> offeredPages(Page page) {
        return new TreeSet<>(page.locator("nav li").allInnerTexts());
    }

    private static Set<String> buttons(Page page) {
        Set<String> all = new TreeSet<>(
                page.locator("main button:not(.sort):not(.digest)").allInnerTexts());
        all.removeAll(Set.of("Look again", "Save as CSV", ""));
        return all;
    }

    private static Set<String> withheld(Page page) {
        return new TreeSet<>(page.locator("main .withheld dt").allTextContents());
    }

    private static Set<String> of(String... words) {
        return new TreeSet<>(Set.of(words));
    }

    @Test
    void eachRoleIsOfferedWhatItMayDoAndNothingThatIsOfferedIsRefused() throws IOException, InterruptedException {
        Set<String> everybody = of("Overview", "Models", "Log");
        Set<String> readers = new TreeSet<>(everybody);
        readers.addAll(of("Ask", "Library", "Energy", "Health"));
        Set<String> consent = new TreeSet<>(readers);
        consent.add("Consent");
        Set<String> viewers = new TreeSet<>(readers);
        viewers.add("Playground");
        Set<String> stewards = new TreeSet<>(consent);
        stewards.add("Playground");
        for (Map.Entry<String, Set<String>> expected : new TreeMap<>(
                        Map.of("viewer", viewers, "auditor", consent, "steward", stewards, "approver", everybody))
                .entrySet()) {
            String role = expected.getKey();
            user("only-" + role, role);
            Page page = signedIn("only-" + role);
            assertEquals(expected.getValue(), offeredPages(page), role);
            for (String offered : expected.getValue()) {
                page.locator("nav li a", new Page.LocatorOptions().setHasText(offered))
                        .click();
                page.waitForSelector("main h1:text-is('" + offered + "')");
                ConsoleBrowser.settled(page);
                assertEquals(
                        0,
                        page.locator("main .state.error").count(),
                        role + ", " + offered + ": " + page.locator("main").innerText());
                ConsoleBrowser.shoot(page, "role-" + role + "-" + offered.toLowerCase(Locale.ROOT));
            }
            browser.assertAccessible(page);
            page.context().close();
        }
        assertEquals(List.of(), refused, "no call that the user may not make");
    }

    @Test
    void actionsAreOfferedByRoleAndTheRestIsExplained() throws IOException, InterruptedException {
        user("vera", "viewer");
        Page viewer = signedIn("vera");
        go(viewer, "library");
        assertEquals(of(), buttons(viewer));
        assertEquals(of("Upload", "Use a folder"), withheld(viewer));
        assertTrue(
                viewer.locator("main .withheld").textContent().contains("operator"),
                viewer.locator("main .withheld").textContent());
        go(viewer, "library/people/anna.md");
        assertFalse(buttons(viewer).contains("Delete"), buttons(viewer).toString());
        assertEquals(0, viewer.locator("main a[href^='/console/consent']").count(), "no link to a page not offered");
        go(viewer, "models");
        assertEquals(of(), buttons(viewer));
        assertTrue(
                withheld(viewer).containsAll(of("Install", "Activate", "Remove")),
                withheld(viewer).toString());
        ConsoleBrowser.assertFits(viewer);
        browser.assertAccessible(viewer);
        go(viewer, "access");
        assertTrue(viewer.locator("main").innerText().contains("Not offered to you"));
        assertTrue(viewer.locator("main").innerText().contains("needs one of the roles admin"));
        browser.assertAccessible(viewer);
        viewer.context().close();

        user("otto", "auditor");
        Page auditor = signedIn("otto");
        go(auditor, "consent/anna-berg");
        assertEquals(of(), buttons(auditor));
        assertEquals(of("Grant", "Withdraw", "Erase"), withheld(auditor));
        auditor.context().close();

        user("stella", "steward");
        Page steward = signedIn("stella");
        go(steward, "consent/anna-berg");
        assertEquals(of("Grant", "Withdraw", "Erase"), buttons(steward));
        assertEquals(of(), withheld(steward));
        go(steward, "library");
        assertEquals(of("Upload"), buttons(steward));
        assertEquals(of("Use a folder"), withheld(steward));
        steward.context().close();
        assertEquals(List.of(), refused);
    }

    @Test
    void aDocumentIsListedReadAndQuotedForTheRolesThatItNames() throws IOException, InterruptedException {
        String content = "The safe of Hollow Church stands behind the third pew.\n";
        Map<String, Object> metadata = Map.of("roles", List.of("auditor", "steward"));
        ok(
                server.http(
                        "POST",
                        "/v1/documents",
                        Json.write(Map.of("document", "safe/pew.md", "content", content, "metadata", metadata))),
                201);
        user("walt", "viewer");
        user("aude", "auditor");
        user("sten", "steward");
        for (String name : List.of("walt", "aude", "sten")) {
            boolean reads = !name.equals("walt");
            Page page = signedIn(name);
            go(page, "library");
            assertEquals(
                    reads ? 1 : 0, page.locator("main a:text-is('safe/pew.md')").count(), name);
            go(page, "library/safe/pew.md");
            assertEquals(reads, page.locator("main").innerText().contains("third pew"), name);
            go(page, "ask?q=Where+does+the+safe+of+Hollow+Church+stand%3F");
            page.waitForSelector(GOOD_SEAL);
            assertEquals(reads, page.locator("main").innerText().contains("third pew"), name);
            page.context().close();
        }
        // an administrator keeps the document, but is answered from what their role reads
        Page admin = signedIn("admin");
        go(admin, "library/safe/pew.md");
        assertTrue(admin.locator("main").innerText().contains("third pew"));
        go(admin, "ask?q=Where+does+the+safe+of+Hollow+Church+stand%3F");
        admin.waitForSelector(GOOD_SEAL);
        assertFalse(admin.locator("main").innerText().contains("third pew"));
        admin.context().close();
        ok(server.http("DELETE", "/v1/documents/safe/pew.md", null), 200);
    }

    @Test
    void whatIsOfferedFollowsTheRolesWithoutAReload() throws IOException, InterruptedException {
        user("rita", "viewer");
        Page page = signedIn("rita");
        assertFalse(offeredPages(page).contains("Consent"));
        ok(server.http("PUT", "/admin/users/rita", Json.write(Map.of("roles", List.of("steward")))), 200);
        page.waitForSelector("nav [data-page=consent]");
        ok(server.http("PUT", "/admin/users/rita", Json.write(Map.of("roles", List.of("viewer")))), 200);
        page.waitForSelector(
                "nav [data-page=consent]", new Page.WaitForSelectorOptions().setState(WaitForSelectorState.DETACHED));
        page.context().close();
    }

    @Test
    void whatIsTypedStaysWhenWhatIsOfferedChanges() throws IOException, InterruptedException {
        user("tina", "viewer");
        Page page = signedIn("tina");
        go(page, "ask");
        page.fill("#purpose", "research");
        page.selectOption("#language", "zh");
        page.fill("#question", "Who keeps the key of Hollow Church?");
        page.evaluate(
                "() => { const field = document.querySelector('#purpose'); field.focus(); field.setSelectionRange(4, 8); }");
        ok(server.http("PUT", "/admin/users/tina", Json.write(Map.of("roles", List.of("steward")))), 200);
        page.waitForSelector("nav [data-page=consent]");
        assertEquals("Who keeps the key of Hollow Church?", page.inputValue("#question"));
        assertEquals("research", page.inputValue("#purpose"));
        assertEquals("zh", page.inputValue("#language"));
        assertEquals(
                List.of("purpose", 4, 8),
                page.evaluate("() => [document.activeElement.id, document.activeElement.selectionStart,"
                        + " document.activeElement.selectionEnd]"));
        page.locator("nav [data-page=log]").click();
        page.waitForSelector("#pasted");
        page.fill("#pasted", "{\"id\": \"half of an answer");
        ok(server.http("PUT", "/admin/users/tina", Json.write(Map.of("roles", List.of("viewer")))), 200);
        page.waitForSelector(
                "nav [data-page=consent]", new Page.WaitForSelectorOptions().setState(WaitForSelectorState.DETACHED));
        page.waitForSelector("#pasted");
        assertEquals("{\"id\": \"half of an answer", page.inputValue("#pasted"));
        page.locator("nav [data-page=ask]").click();
        page.waitForSelector("main h1:text-is('Ask')");
        assertEquals("", page.inputValue("#question"), "another page begins anew");
        page.context().close();
    }

    private static Locator dialog(Page page) {
        return page.locator("dialog");
    }

    private static void confirm(Page page, String reason) {
        dialog(page).locator("textarea[name=reason]").fill(reason);
        dialog(page).locator("button[type=submit]").click();
        dialog(page).locator(GOOD_SEAL).waitFor();
        dialog(page).locator("button.primary").click();
        dialog(page).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    /** The stricter policy takes two persons for the way back, too. */
    @Test
    void aPolicyIsTestedReplayedActivatedAndTakenBackByTwo() throws IOException, InterruptedException {
        user("berta", "admin");
        user("vince", "viewer");
        Page viewer = signedIn("vince");
        Page admin = signedIn("admin");
        go(admin, "policies");
        Locator strict = admin.locator("tr", new Page.LocatorOptions().setHasText("strict"));
        strict.locator("button:text-is('What would change?')").click();
        dialog(admin).locator(".badge >> text=tests").first().waitFor();
        dialog(admin).locator("text=/decisions|decision/").first().waitFor();
        ConsoleBrowser.shoot(admin, "policy-effect");
        browser.assertAccessible(admin);
        admin.keyboard().press("Escape");
        strict.locator("button:text-is('Activate')").click();
        dialog(admin).locator(".badge >> text=tests").first().waitFor();
        confirm(admin, "the stricter one");
        admin.waitForSelector("main .lead >> text=strict");
        assertEquals(0, viewer.locator("nav [data-page=policies]").count());

        admin.click("button:text-is('Roll back')");
        dialog(admin).locator("text=Takes two persons").waitFor();
        dialog(admin).locator("textarea[name=reason]").fill("too strict");
        dialog(admin).locator("button[type=submit]").click();
        dialog(admin).locator(".state .badge >> text=Noted").waitFor();
        ConsoleBrowser.shoot(admin, "second-person");
        browser.assertAccessible(admin);
        admin.keyboard().press("Escape");

        Page second = signedIn("berta");
        go(second, "policies");
        second.click("button:text-is('Roll back')");
        confirm(second, "I agree");
        second.waitForSelector("main .lead >> text=default");
        second.context().close();
        admin.context().close();
        viewer.context().close();
    }

    @Test
    void aModelIsInstalledActivatedReplacedRolledBackVerifiedAndRemoved() throws IOException {
        Path first = folder.resolve("tiny-1");
        Path second = folder.resolve("tiny-2");
        TinyPack.huggingFace(first);
        TinyPack.huggingFace(second);
        Page page = signedIn("admin");
        for (Path pack : List.of(first, second)) {
            go(page, "models");
            page.click("button:text-is('Install')");
            dialog(page).locator("input[name=folder]").fill(pack.toString());
            dialog(page).locator("input[name=name]").fill("tiny");
            dialog(page).locator("input[name=version]").fill(pack.equals(first) ? "1.0.0" : "1.1.0");
            confirm(page, "a try");
            revision(page, pack.equals(first) ? "tiny 1.0.0" : "tiny 1.1.0")
                    .locator("button:text-is('Activate')")
                    .click();
            confirm(page, "a try");
        }
        page.locator("tr", new Page.LocatorOptions().setHas(page.locator("a:text-is('tiny')")))
                .locator("button:text-is('Roll back')")
                .click();
        assertTrue(dialog(page).locator(".reach").textContent().contains("1.0.0"));
        confirm(page, "the first one was better");
        go(page, "models/tiny/1.1.0");
        page.click("main button:text-is('Verify')");
        confirm(page, "look again");
        go(page, "models/tiny");
        ConsoleBrowser.shoot(page, "model");
        browser.assertAccessible(page);
        go(page, "models");
        revision(page, "tiny 1.1.0").locator("button.danger").click();
        assertTrue(dialog(page).locator("button[type=submit]").isDisabled(), "not before the name is typed");
        dialog(page).locator("input[name=typed]").fill("tiny 1.1.0");
        confirm(page, "not used");
        page.waitForSelector(
                "a:text-is('tiny 1.1.0')", new Page.WaitForSelectorOptions().setState(WaitForSelectorState.DETACHED));
        page.context().close();
    }

    /** Each surface tells what the registry says, to the letter. */
    @Test
    void whyAPackIsRefusedIsTheSameLineEverywhere() throws Exception {
        Path model = folder.resolve("frail");
        TinyPack.huggingFace(model);
        ok(
                server.http(
                        "POST",
                        "/admin/models/install",
                        Json.write(Map.of(
                                "folder", model.toString(), "name", "frail", "version", "1.0.0", "reason", "a try"))),
                200);
        TinyPack pack = TinyPack.of(model, server.home().resolve("models/references/frail-1.0.0"), "frail", "9.0.1");
        byte[] weights = pack.files.get("model.safetensors").clone();
        weights[0] ^= 1;
        pack.damaged.put("model.safetensors", weights);
        Path hidden = server.home().resolve("deploy/.frail.jar");
        pack.write(hidden);
        Path jar = Files.move(hidden, hidden.resolveSibling("frail.jar"));
        Page page = signedIn("admin");
        go(page, "models");
        revision(page, "frail 9.0.1").waitFor();

        Map<String, Object> body = Map.of("model", "frail", "version", "9.0.1", "reason", "a try");
        HttpResponse<String> refusal = server.http("POST", "/admin/models/activate", Json.write(body));
        assertEquals(400, refusal.statusCode(), refusal.body());
        Object message = ((Map<?, ?>) Server.json(refusal.body()).get("error")).get("message");
        Server.Result shell = server.candor("shell", "model-activate frail 9.0.1 --reason 'a try'");
        assertEquals("candor: " + message, shell.err().strip());
        revision(page, "frail 9.0.1").locator("button:text-is('Activate')").click();
        dialog(page).locator("textarea[name=reason]").fill("a try");
        dialog(page).locator("button[type=submit]").click();
        dialog(page).locator(".state.error").waitFor();
        assertTrue(
                dialog(page).innerText().contains(message.toString()),
                dialog(page).innerText());
        ConsoleBrowser.shoot(page, "model-bad-digest");
        page.keyboard().press("Escape");

        String reason = reasonOf("frail", "9.0.1");
        assertTrue(reason.contains("model.safetensors has SHA-256 " + TinyPack.sha256(weights)), reason);
        assertEquals(1, reason.lines().count());
        assertTrue(message.toString().contains(reason), message.toString());
        assertTrue(
                server.candor("shell", "models").out().lines().anyMatch(("refused: frail 9.0.1: " + reason)::equals));
        go(page, "models");
        assertEquals(
                reason,
                revision(page, "frail 9.0.1").locator("td .muted").first().textContent());
        Files.delete(jar);
        revision(page, "frail 9.0.1").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        page.context().close();
    }

    private String reasonOf(String name, String version) throws IOException, InterruptedException {
        for (Object each : (List<?>)
                Server.json(server.http("GET", "/admin/models", null).body()).get("revisions")) {
            Map<?, ?> revision = (Map<?, ?>) each;
            if (name.equals(revision.get("name")) && version.equals(revision.get("version"))) {
                return revision.get("reason").toString();
            }
        }
        throw new AssertionError("there is no " + name + " " + version);
    }

    private static Locator revision(Page page, String named) {
        return page.locator("tr", new Page.LocatorOptions().setHas(page.locator("a:text-is('" + named + "')")));
    }

    @Test
    void aUserGetsOtherRolesAndANewPasswordAndAKeyExpires() throws IOException, InterruptedException {
        user("udo", "viewer");
        Page page = signedIn("admin");
        go(page, "access");
        Locator row = page.locator("tr", new Page.LocatorOptions().setHasText("udo"));
        row.locator("button:text-is('Set roles')").click();
        dialog(page).locator("input[name=role-auditor]").check();
        done(page);
        row.locator("text=auditor, viewer")
                .or(row.locator("text=viewer, auditor"))
                .waitFor();
        row.locator("button:text-is('New password')").click();
        dialog(page).locator("button[type=submit]").click();
        dialog(page).locator(".secret").waitFor();
        String fresh = dialog(page).locator(".secret").textContent();
        dialog(page).locator("button.primary").click();
        row.locator(".badge.warn").waitFor();
        assertEquals(
                200,
                server.http("POST", "/admin/session", Json.write(Map.of("user", "udo", "password", fresh)))
                        .statusCode());
        page.click("button:text-is('New key')");
        dialog(page).locator("input[name=name]").fill("until-then");
        dialog(page).locator("input[name=expires]").fill("2099-12-31");
        dialog(page).locator("button[type=submit]").click();
        dialog(page).locator(".secret").waitFor();
        dialog(page).locator("button.primary").click();
        page.locator("tr", new Page.LocatorOptions().setHasText("until-then"))
                .locator("time[datetime^='2099-12-31'], time[datetime^='2100-01-01']")
                .waitFor();
        page.context().close();
    }

    private static void done(Page page) {
        dialog(page).locator("button[type=submit]").click();
        dialog(page).locator(GOOD_SEAL).waitFor();
        dialog(page).locator("button.primary").click();
        dialog(page).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    @Test
    void aFolderIsMirroredAndABackupMade() throws IOException, InterruptedException {
        Page page = signedIn("admin");
        go(page, "health");
        page.click("button:text-is('Back up')");
        dialog(page)
                .locator("input[name=to]")
                .fill(folder.resolve("console.backup").toString());
        dialog(page).locator("button[type=submit]").click();
        dialog(page).locator(GOOD_SEAL).waitFor();
        String file = folder.resolve("console.backup").toString();
        assertTrue(
                dialog(page).innerText().contains("candor:restore " + file),
                dialog(page).innerText());
        ConsoleBrowser.shoot(page, "backup-made");
        dialog(page).locator("button.primary").click();
        page.locator("main summary:text-is('How to restore a backup')").click();
        assertTrue(page.locator("main .restore").innerText().contains("./candor stop && ./candor start"));
        ConsoleBrowser.shoot(page, "backup-restore");
        browser.assertAccessible(page);
        assertTrue(Files.size(folder.resolve("console.backup")) > 1_000);
        Path library = Files.createDirectories(folder.resolve("other-library"));
        Files.writeString(library.resolve("heron.md"), "Herons fish at the weir of Lumen Bay.\n");
        for (int i = 0; i < LONG_DOCUMENTS; i++) {
            Files.writeString(library.resolve("weir-" + i + ".md"), LONG_TEXT.replace("N", String.valueOf(i)));
        }
        go(page, "library");
        Object before = library();
        page.click("button:text-is('Use a folder')");
        dialog(page).locator("input[name=library]").fill(library.toString());
        done(page);
        Locator progress = page.locator("main progress");
        progress.waitFor();
        page.waitForFunction(
                "all => { const p = document.querySelector('main progress');"
                        + " return p !== null && p.max === all && p.value > 0 && p.value < all; }",
                LONG_DOCUMENTS + 1);
        double first = ((Number) progress.evaluate("p => p.value")).doubleValue();
        ConsoleBrowser.shoot(page, "library-indexing");
        browser.assertAccessible(page);
        page.waitForFunction(
                "before => { const p = document.querySelector('main progress');"
                        + " return p === null || p.value > before; }",
                first);
        progress.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        page.waitForSelector("text=heron.md");
        assertTrue(
                page.textContent("main .lead").contains(LONG_DOCUMENTS + 1 + " documents"),
                page.textContent("main .lead"));
        assertEquals(library.toString(), library());
        ok(server.http("POST", "/v1/documents", Json.write(Map.of("library", before))), 202);
        page.waitForSelector("text=people/anna.md");
        page.context().close();
    }

    private Object library() throws IOException, InterruptedException {
        Map<?, ?> status = Server.json(server.http("GET", "/v1/status", null).body());
        return ((Map<?, ?>) status.get("library")).get("library");
    }
}
