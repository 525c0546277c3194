package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** What the launcher and Karaf's script call; nothing that builds, fetches or unpacks. Some systems lack some. */
    private static final List<String> TOOLS = List.of(
            ("awk basename cat chmod cmp cp cut date dirname env expr find grep head id ls mkdir mktemp mv nohup ps readlink"
                            + " rm sed setsid sh sleep stty tr uname locale")
                    .split(" "));

    /** The commands of one life, in one shell, so that all of them see the same network. */
    private static final String LIFE = """
        set -e
        trap './candor stop' EXIT
        for tool in mvn java javac gcc cc curl wget tar git; do
          ! command -v $tool || { echo "$tool is on the path"; exit 8; }
        done
        echo "networks: $(sed -n 's/^ *\\([^ :]*\\):.*/\\1/p' /proc/net/dev | tr '\\n' ' ')"
        ./candor start
        ./candor ask --library "$1" "When was the lighthouse built?"
        ./candor shell models
        ./candor status
        ./candor stop
        ./candor test && exit 9 || test $? -eq 1
        """;

    /** A network namespace begins with its loopback down. */
    private static final String LOOPBACK_ONLY = "ip link set lo up && exec \"$@\"";

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
        Path person = Files.createDirectories(folder.resolve("person"));
        Server ports = new Server(folder.resolve("home"));
        Map<String, String> environment = new TreeMap<>();
        environment.put("PATH", tools().toString());
        environment.put("HOME", person.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("CANDOR_HOME", folder.resolve("home").toString());
        environment.put("CANDOR_PORT", Integer.toString(ports.port()));
        environment.put("CANDOR_SSH_PORT", Integer.toString(ports.sshPort()));
        environment.put("CANDOR_HEAP", "1g");
        // Java takes the user's folder from the system's list of users: with this, no Maven repository of ours is seen.
        environment.put("CANDOR_JAVA_OPTS", "-Duser.home=" + person);
        boolean alone = hasOwnNetwork();
        if (!alone) {
            System.err.println(
                    "DistIT: no network namespace can be made here, so the release runs with the network on");
        }
        String said = run(environment, release, life(alone, library));
        assertTrue(said.contains("1874"), said);
        assertTrue(said.contains("proof verified"), said);
        assertTrue(said.contains("encoder-en"), said);
        assertTrue(said.contains("test needs the sources, and this is a release"), said);
        assertFalse(said.contains("building"), said);
        if (alone) {
            assertTrue(said.contains("networks: lo \n"), said);
        }
        for (String tool : TOOLS) {
            Files.deleteIfExists(
                    folder.resolve("tools").resolve(tool)); // or JUnit warns of each link that leads out of its folder
        }
        try (Stream<Path> kept = Files.list(person)) {
            assertEquals(List.of(), kept.toList(), "the release keeps nothing in the user's folder");
        }
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

    /** A folder with links to the tools alone: where Maven lies in /usr/bin, the shell does too. */
    private Path tools() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : TOOLS) {
            Path found = onPath(tool);
            if (found != null) {
                Files.createSymbolicLink(tools.resolve(tool), found);
            }
        }
        return tools;
    }

    private static Path onPath(String tool) {
        return Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")
                .map(each -> Path.of(each, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static List<String> life(boolean alone, Path library) {
        List<String> life = new ArrayList<>();
        if (alone) {
            life.addAll(unshared());
        }
        life.addAll(List.of("/bin/sh", "-c", LIFE, "sh", library.toString()));
        return life;
    }

    private static boolean hasOwnNetwork() throws IOException, InterruptedException {
        if (onPath("unshare") == null || onPath("ip") == null) {
            return false;
        }
        List<String> command = new ArrayList<>(unshared());
        command.add("/bin/true");
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    /** The beginning of a command that sees no network but the loopback. */
    private static List<String> unshared() {
        return List.of(
                onPath("unshare").toString(),
                "--net",
                "--map-root-user",
                "/bin/sh",
                "-c",
                LOOPBACK_ONLY.replaceFirst("^ip", onPath("ip").toString()),
                "sh");
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
