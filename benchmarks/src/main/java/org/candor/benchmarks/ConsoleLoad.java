package org.candor.benchmarks;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long an operator waits for a page of the console on this machine: from the address to the figures on the overview, in
 * headless Chromium, with an empty cache and again with a full one. Starts a server of its own. Arguments: rounds=20.
 */
final class ConsoleLoad implements Benchmark {

    private static final Path ROOT = Path.of(System.getProperty("candor.root"));
    private static final Path DRIVER = ROOT.resolve("itests/target/playwright");
    private static final Pattern PASSWORD = Pattern.compile("shown this once .*: (\\S+)");
    private static final String OWN = "a password of the benchmark";

    /** Tells when the figures of the overview are there, on the page's own clock. */
    private static final String WATCH = """
            new MutationObserver((_, watcher) => {
              if (document.querySelector('main dl.figures')) {
                globalThis.shownAfter = performance.now();
                watcher.disconnect();
              }
            }).observe(document, {childList: true, subtree: true});""";

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        int rounds = new Arguments(arguments, "rounds").number("rounds", 20);
        Path core = DRIVER.resolve("node_modules/playwright-core");
        if (!Files.isDirectory(core)) {
            throw new IllegalArgumentException("there is no " + core + ": ./candor test fetches it");
        }
        link(DRIVER.resolve("node"), onPath("node"));
        link(DRIVER.resolve("package"), core);
        System.setProperty("playwright.cli.dir", DRIVER.toString());
        Path folder = Files.createTempDirectory("bench-console");
        int port = OwnServer.freePort();
        try (Playwright playwright = Playwright.create()) {
            String said = candor(folder, port, "start");
            Matcher password = PASSWORD.matcher(said);
            if (!password.find()) {
                throw new IllegalStateException("the server did not start: " + said);
            }
            Browser browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(onPath("chromium"))
                            .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")));
            measure(browser, "http://127.0.0.1:" + port + "/console/", password.group(1), rounds, out);
        } finally {
            candor(folder, port, "stop");
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void measure(Browser browser, String home, String password, int rounds, PrintStream out) {
        String state = signIn(browser, home, password);
        List<Double> cold = new ArrayList<>();
        List<Double> warm = new ArrayList<>();
        for (int i = 0; i <= rounds; i++) {
            try (BrowserContext context = browser.newContext(new Browser.NewContextOptions().setStorageState(state))) {
                Page page = context.newPage();
                page.addInitScript(WATCH);
                page.navigate(home);
                double first = shownAfter(page);
                page.reload();
                double again = shownAfter(page);
                // The first round warms the server.
                if (i > 0) {
                    cold.add(first);
                    warm.add(again);
                }
            }
        }
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"console\",\"page\":\"overview\",\"rounds\":%d,\"cold_p50_ms\":%.0f,\"cold_max_ms\":%.0f,\"warm_p50_ms\":%.0f,\"warm_max_ms\":%.0f,\"goal_ms\":300}%n",
                rounds,
                at(cold, 0.5),
                at(cold, 1),
                at(warm, 0.5),
                at(warm, 1));
    }

    private static String signIn(Browser browser, String home, String password) {
        try (BrowserContext context = browser.newContext()) {
            Page page = context.newPage();
            page.navigate(home);
            page.fill("#user", "admin");
            page.fill("#password", password);
            page.click("form button.primary");
            page.waitForSelector("#fresh, nav");
            if (page.querySelector("#fresh") != null) {
                page.fill("#old", password);
                page.fill("#fresh", OWN);
                page.fill("#again", OWN);
                page.click("form button.primary");
            }
            page.waitForSelector("main dl.figures");
            return context.storageState();
        }
    }

    private static double shownAfter(Page page) {
        return ((Number) page.waitForFunction("() => globalThis.shownAfter").jsonValue()).doubleValue();
    }

    private static double at(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
    }

    private static String candor(Path folder, int port, String command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(ROOT.resolve("candor").toString(), command).redirectErrorStream(true);
        builder.environment().put("CANDOR_HOME", folder.resolve("home").toString());
        builder.environment().put("CANDOR_PORT", Integer.toString(port));
        builder.environment().remove("CLASSPATH");
        Path said = folder.resolve(command + ".out");
        Process process = builder.redirectOutput(said.toFile()).start();
        process.waitFor();
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    private static Path onPath(String name) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no " + name + " on the path"));
    }

    private static void link(Path link, Path target) throws IOException {
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, target);
        }
    }
}
