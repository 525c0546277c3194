package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.candor.itests.Server.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The release archive, unpacked and run where there is a JDK and nothing else: no Maven, no compiler of ours, no network. */
class DistIT {

    /** The commands of one life, in one shell, so that all of them see the same network: none but the loopback. */
    private static final String LIFE = """
        set -e
        ip link set lo up 2>/dev/null || true
        ./candor start
        ./candor ask --library "$1" "When was the lighthouse built?"
        ./candor shell models
        ./candor status
        ./candor stop
        ./candor test && exit 9 || test $? -eq 1
        """;

    @TempDir
    Path folder;

    @Test
    void aReleaseRunsWithNothingButAJdk() throws Exception {
        Path archive = folder.resolve("candor.tar.gz");
        try (Server builder = new Server(folder.resolve("unused"))) {
            Result made = builder.candor("dist", archive.toString());
            assertEquals(0, made.exitCode(), made.err());
            assertEquals(archive.toString(), made.out().strip());
        }
        assertFalse(Files.exists(folder.resolve("unused")), "making an archive needs no home");
        run(Map.of(), folder, List.of("tar", "-xzf", archive.toString()));
        Path release = folder.resolve("candor-" + System.getProperty("candor.version"));
        assertNothingIsBuilt(release);
        assertTheUnitFits(release);

        Path library = Files.createDirectories(folder.resolve("library"));
        Files.writeString(
                library.resolve("lighthouse.md"), "The lighthouse was built in 1874 by the harbour company.\n");
        Server ports = new Server(folder.resolve("home"));
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", pathWithoutMaven());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("CANDOR_HOME", folder.resolve("home").toString());
        environment.put("CANDOR_PORT", Integer.toString(ports.port()));
        environment.put("CANDOR_SSH_PORT", Integer.toString(ports.sshPort()));
        environment.put("CANDOR_HEAP", "1g");
        List<String> command = List.of("sh", "-c", LIFE, "sh", library.toString());
        String said = run(environment, release, hasOwnNetwork() ? unshared(command) : command);
        assertTrue(said.contains("1874"), said);
        assertTrue(said.contains("proof verified"), said);
        assertTrue(said.contains("encoder-en"), said);
        assertTrue(said.contains("test needs the sources, and this is a release"), said);
        assertFalse(said.contains("building"), said);
    }

    private static void assertNothingIsBuilt(Path release) throws IOException {
        try (Stream<Path> files = Files.walk(release)) {
            List<String> sources = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.equals("pom.xml") || name.equals("mvnw") || name.endsWith(".java"))
                    .toList();
            assertEquals(List.of(), sources);
        }
        for (String name : List.of("candor", "candor.service", "README.md", "docs/operate.md", "etc", "assembly")) {
            assertTrue(Files.exists(release.resolve(name)), name);
        }
    }

    /** What the unit starts is there, and every setting of the launcher that it makes is one that the launcher knows. */
    private static void assertTheUnitFits(Path release) throws IOException {
        String unit = Files.readString(release.resolve("candor.service"));
        String start = unit.lines()
                .filter(line -> line.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow();
        assertEquals("ExecStart=/opt/candor/candor run", start);
        assertTrue(Files.isExecutable(release.resolve("candor")));
        String launcher = Files.readString(release.resolve("candor"));
        unit.lines()
                .filter(line -> line.startsWith("Environment="))
                .flatMap(line ->
                        Stream.of(line.substring("Environment=".length()).split(" ")))
                .map(setting -> setting.substring(0, setting.indexOf('=')))
                .forEach(name -> assertTrue(launcher.contains(name), name));
    }

    /** The usual folders, unless Maven lies in one: then it is left out, and with it what else lies there. */
    private static String pathWithoutMaven() {
        return String.join(
                ":",
                Stream.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
                        .filter(each -> !Files.exists(Path.of(each, "mvn")))
                        .toList());
    }

    private static boolean hasOwnNetwork() throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(unshared(List.of("true"))).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<String> unshared(List<String> command) {
        return Stream.concat(Stream.of("unshare", "--net", "--map-root-user"), command.stream())
                .toList();
    }

    private static String run(Map<String, String> environment, Path folder, List<String> command) throws Exception {
        Path output = Files.createTempFile("dist", ".out");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        if (!environment.isEmpty()) {
            builder.environment().clear();
            builder.environment().putAll(environment);
        }
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        assertTrue(process.waitFor(240, TimeUnit.SECONDS), () -> command + " did not end");
        String said = Files.readString(output);
        Files.delete(output);
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
