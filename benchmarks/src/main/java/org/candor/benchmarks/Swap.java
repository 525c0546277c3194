package org.candor.benchmarks;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Switches encoder-en 1.0.0 and 1.1.0 on a server of its own while clients ask without pause: what the switches cost them,
 * whether every answer names a revision that was active, and what is left behind.
 */
final class Swap implements Benchmark {

    private static final String[] VERSIONS = {"1.1.0", "1.0.0"};

    @Override
    public void run(String[] arguments, PrintStream out) throws Exception {
        Arguments given = new Arguments(arguments, "switches", "clients", "seconds", "standby");
        int switches = given.number("switches", 100);
        int clients = given.number("clients", 16);
        int seconds = given.number("seconds", 30);
        Path folder = Files.createTempDirectory("candor-swap");
        try (OwnServer server = new OwnServer(folder.resolve("home"), OwnServer.freePort())) {
            server.start();
            String standby = given.text("standby", null);
            if (standby != null) {
                Files.writeString(
                        server.home().resolve("etc/org.candor.models.cfg"),
                        "\nstandbySeconds = " + Integer.parseInt(standby) + "\n",
                        StandardOpenOption.APPEND);
            }
            Map<String, String> digests = server.digests();
            for (String version : VERSIONS) {
                server.activate(version, "both are loaded once, and the library is embedded for both");
                server.awaitEncoder(digests.get(version));
            }
            SwapClients quiet = new SwapClients(server, clients, digests);
            quiet.run(load -> load.pass(seconds));
            print(out, "quiet", quiet, 0);
            server.print(out, "before");
            SwapClients swapping = new SwapClients(server, clients, digests);
            swapping.run(load -> {
                for (int i = 0; i < switches; i++) {
                    load.activate(VERSIONS[i % 2], "switch " + i);
                    load.settle();
                }
            });
            print(out, "swapping", swapping, switches);
            server.print(out, "after");
            out.printf(
                    Locale.ROOT,
                    "{\"bench\":\"swap\",\"failed\":%d,\"wrongDigest\":%d,\"p99Ratio\":%.3f}%n",
                    quiet.failed() + swapping.failed(),
                    quiet.wrong() + swapping.wrong(),
                    swapping.percentile(99) / quiet.percentile(99));
        } finally {
            BenchLibrary.delete(folder);
        }
    }

    private static void print(PrintStream out, String phase, SwapClients load, int switches) {
        List<String> problems = new ArrayList<>(load.problems());
        for (String problem : problems.subList(0, Math.min(5, problems.size()))) {
            System.err.println(phase + ": " + problem);
        }
        out.printf(
                Locale.ROOT,
                "{\"bench\":\"swap\",\"phase\":\"%s\",\"clients\":%d,\"switches\":%d,\"seconds\":%.1f,\"answers\":%d,\"failed\":%d,"
                        + "\"wrongDigest\":%d,\"p50Millis\":%.1f,\"p99Millis\":%.1f,\"mostMillis\":%.1f,\"activateP50Millis\":%.0f}%n",
                phase,
                load.clients(),
                switches,
                load.seconds(),
                load.answers(),
                load.failed(),
                load.wrong(),
                load.percentile(50),
                load.percentile(99),
                load.percentile(100),
                load.activation(50));
    }
}
