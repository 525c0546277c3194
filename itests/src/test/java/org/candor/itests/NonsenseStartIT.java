package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The very first start with files that are nonsense: there is nothing to go on with. */
class NonsenseStartIT {

    private static final int PATIENCE_SECONDS = 100;

    /** What health says of a component, by the PID of its configuration. */
    private static final Map<String, String> SAID = new TreeMap<>(Map.of(
            "org.candor.energy",
            "org.candor.energy: tickMillis is \"1\"; allowed are 50 to 10000",
            "org.candor.consent",
            "org.candor.consent: url is \"postgres://here\"; allowed are URLs that begin with jdbc:, or nothing",
            "org.candor.transparency",
            "org.candor.transparency: segmentMebibytes is \"many\"; allowed are whole numbers up to 2147483647"));

    @Test
    void healthNamesKeyValueAndWhatIsAllowedAndTheServerIsWholeOnceTheFilesAreRight(@TempDir Path folder)
            throws Exception {
        try (Server server = new Server(folder.resolve("home"))) {
            Path etc = Files.createDirectories(server.home().resolve("etc"));
            Files.writeString(etc.resolve("org.candor.energy.cfg"), "tickMillis = 1\n");
            Files.writeString(etc.resolve("org.candor.consent.cfg"), "url = postgres://here\n");
            Files.writeString(etc.resolve("org.candor.transparency.cfg"), "segmentMebibytes = many\n");
            Server.Running start = server.begin("start");
            Map<String, String> said = Map.of();
            for (int i = 0; i < 10 * PATIENCE_SECONDS && !said.equals(SAID); i++) {
                TimeUnit.MILLISECONDS.sleep(100);
                said = failed(server);
            }
            assertEquals(SAID, said);
            for (String pid : SAID.keySet()) {
                Files.writeString(etc.resolve(pid + ".cfg"), "");
            }
            Server.Result started = Server.finish(start);
            assertEquals(0, started.exitCode(), started.err());
            assertEquals(Map.of(), failed(server));
        }
    }

    /** Why components failed, by PID; nothing while nobody answers. */
    private static Map<String, String> failed(Server server) throws IOException, InterruptedException {
        if (!Files.exists(server.home().resolve("cli.key"))) {
            return Map.of();
        }
        HttpResponse<String> health;
        try {
            health = server.http("GET", "/admin/health", null);
        } catch (ConnectException e) {
            return Map.of();
        }
        Map<String, String> failed = new TreeMap<>();
        if (health.statusCode() == 200) {
            for (Object each : (List<?>) Server.json(health.body()).get("components")) {
                Map<?, ?> component = (Map<?, ?>) each;
                if ("failed".equals(component.get("state"))) {
                    failed.put(
                            (String) component.get("configurationPid"),
                            String.join(
                                    "; ",
                                    ((List<?>) component.get("waitsFor"))
                                            .stream().map(String::valueOf).toList()));
                }
            }
        }
        return failed;
    }
}
