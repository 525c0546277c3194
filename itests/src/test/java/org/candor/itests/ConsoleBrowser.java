package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Debian's Chromium without a screen, as an operator's browser; what irritates in it is collected. */
final class ConsoleBrowser implements AutoCloseable {

    private static final Path DRIVER = Server.root().resolve("itests/target/playwright");
    private static final String CORE = "node_modules/playwright-core";
    private static final Path SHOTS = Server.root().resolve("itests/target/screenshots");

    private final Playwright playwright;
    private final Browser browser;
    private final String axe;
    private final List<String> troubles = new ArrayList<>();

    /**
     * Each test of a class that needs the browser is skipped with the reason where there is none. A class that gave up as a
     * whole would be no test in the report, and nobody would miss it; so its {@code @BeforeAll} has to ask {@link #missing}.
     */
    static final class Needed implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String missing = missing();
            return missing == null || context.getTestMethod().isEmpty()
                    ? ConditionEvaluationResult.enabled("")
                    : ConditionEvaluationResult.disabled(missing);
        }
    }

    /** What the console cannot be tested without, or null. */
    static String missing() {
        String missing = null;
        if (chromium() == null) {
            missing = "no Chromium is installed (Debian: apt-get install chromium)";
        } else if (version(node()) < 20) {
            missing = "no Node 20 is installed";
        } else if (!Files.isDirectory(DRIVER.resolve(CORE))) {
            missing = "Playwright's driver is not in " + DRIVER + " (./candor test fetches it)";
        }
        return missing == null ? null : missing + ": the console is not tested in a browser";
    }

    static ConsoleBrowser open() throws IOException {
        link(DRIVER.resolve("node"), node());
        link(DRIVER.resolve("package"), DRIVER.resolve(CORE));
        return new ConsoleBrowser(chromium());
    }

    private static Path chromium() {
        return onPath("chromium", "chromium-browser", "google-chrome");
    }

    private static Path node() {
        return onPath("node");
    }

    private ConsoleBrowser(Path chromium) throws IOException {
        System.setProperty("playwright.cli.dir", DRIVER.toString());
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium)
                        .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")));
        axe = Files.readString(DRIVER.resolve("node_modules/axe-core/axe.min.js"));
        Files.createDirectories(SHOTS);
    }

    private static Path onPath(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** The first part of its version, 0 where there is none. */
    private static int version(Path node) {
        if (node == null) {
            return 0;
        }
        try {
            Process asked = new ProcessBuilder(node.toString(), "--version").start();
            String text = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.startsWith("v") ? Integer.parseInt(text.substring(1, text.indexOf('.'))) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static void link(Path link, Path target) throws IOException {
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, target);
        }
    }

    /**
     * A page of a fresh browser window.
     *
     * @param state cookies and storage of another one, as JSON, or null
     */
    Page page(int width, ColorScheme scheme, String locale, String state) {
        Browser.NewContextOptions options = new Browser.NewContextOptions()
                .setViewportSize(width, 860)
                .setColorScheme(scheme)
                .setLocale(locale)
                .setAcceptDownloads(true);
        if (state != null) {
            options.setStorageState(state);
        }
        BrowserContext context = browser.newContext(options);
        // A page of the console is there at once; what takes longer is a machine that is shared.
        context.setDefaultTimeout(60_000);
        Page page = context.newPage();
        page.onPageError(error -> troubles.add(page.url() + ": " + error));
        page.onConsoleMessage(message -> {
            // The browser reports each answer of 4xx and 5xx, which pages expect and explain.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                troubles.add(page.url() + ": " + message.text());
            }
        });
        return page;
    }

    Page page(String state) {
        return page(1280, ColorScheme.LIGHT, "en-US", state);
    }

    /** Script errors and refused by the policy, since the last call. */
    List<String> troubles() {
        List<String> found = List.copyOf(troubles);
        troubles.clear();
        return found;
    }

    /** Until nothing on the page is loading. */
    static void settled(Page page) {
        page.waitForSelector("main h1");
        page.waitForSelector(
                "main [aria-busy], main .loading",
                new Page.WaitForSelectorOptions().setState(WaitForSelectorState.DETACHED));
    }

    /** WCAG A and AA, by axe-core. It runs by the debugger's channel: the page's own policy lets no foreign script in. */
    void assertAccessible(Page page) {
        page.evaluate("script => { (0, eval)(script) }", axe);
        Object violations = page.evaluate("""
                async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}))
                  .violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | '))""");
        assertEquals(List.of(), violations, page.url());
    }

    /** Nothing has to be scrolled sideways. */
    static void assertFits(Page page) {
        assertEquals(
                0, page.evaluate("() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"), page.url());
    }

    static void shoot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SHOTS.resolve(name + ".png"))
                .setFullPage(true));
    }

    /** Bytes that a page takes when nothing is cached, unpacked. */
    static long weigh(Page page, Runnable load) {
        List<Response> responses = new ArrayList<>();
        java.util.function.Consumer<Response> listener = response -> {
            if (response.url().contains("/console/") && response.status() == 200) {
                responses.add(response);
            }
        };
        page.onResponse(listener);
        load.run();
        page.offResponse(listener);
        return responses.stream().mapToLong(response -> response.body().length).sum();
    }

    @Override
    public void close() {
        playwright.close();
    }
}
