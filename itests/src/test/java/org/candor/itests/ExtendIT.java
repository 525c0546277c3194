package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/extend.md, taken at its word: its files are written and its commands run, in order. */
class ExtendIT {

    /** A name of a file in a line of its own before a block, or none; then the block. */
    private static final Pattern BLOCK =
            Pattern.compile("(?:^`([^`\\n]+)`:\\n\\n)?^```([a-z]*)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    @TempDir
    Path folder;

    @Test
    void thePageWorksAsItStands() throws Exception {
        String page = Files.readString(Server.root().resolve("docs/extend.md"));
        try (Server server = new Server(folder.resolve("home"))) {
            server.start();
            List<String> done = new ArrayList<>();
            Matcher block = BLOCK.matcher(page);
            while (block.find()) {
                String name = block.group(1);
                if (name != null) {
                    Path file = folder.resolve("work").resolve(name);
                    Files.createDirectories(file.getParent());
                    Files.writeString(file, block.group(3));
                    done.add(name);
                } else if (block.group(2).equals("sh")) {
                    run(server, block.group(3));
                    done.add("sh");
                }
            }
            assertEquals(
                    List.of(
                            "notes/src/org/example/notes/ActivationNotes.java",
                            "notes/OSGI-INF/notes.xml",
                            "notes/MANIFEST.MF",
                            "sh",
                            "sh",
                            "pack/MANIFEST.MF",
                            "sh",
                            "sh",
                            "sh",
                            "rules/MANIFEST.MF",
                            "sh"),
                    done);
            String embedding = server.http(
                            "POST", "/v1/embeddings", "{\"model\": \"my-encoder\", \"input\": \"a lighthouse\"}")
                    .body();
            assertTrue(embedding.contains("\"embedding\""), embedding);
            assertEquals(0, server.candor("shell", "health").exitCode());
        }
    }

    private void run(Server server, String script) throws Exception {
        Path output = Files.createTempFile("extend", ".out");
        ProcessBuilder shell = new ProcessBuilder("sh", "-e", "-c", script)
                .directory(folder.resolve("work").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        server.settings(shell.environment());
        shell.environment().put("CANDOR", Server.root().toString());
        shell.environment().merge("PATH", System.getProperty("java.home") + "/bin", (path, java) -> java + ":" + path);
        Process process = shell.start();
        boolean ended = process.waitFor(180, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        String said = Files.readString(output);
        Files.delete(output);
        assertTrue(ended, "did not end:\n" + script + "\n" + said);
        assertEquals(0, process.exitValue(), script + "\n" + said);
    }
}
