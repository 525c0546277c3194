package org.candor.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server's process holds after full collections, as the JDK's jcmd shows it.
 *
 * @param heapBytes live objects
 * @param nativeBytes what the JVM has committed besides the heap, models' weights and caches included; -1 where the process was
 *     not started with {@code -XX:NativeMemoryTracking=summary}
 * @param instances live objects of the classes that were asked for
 */
public record ServerMemory(long heapBytes, long nativeBytes, Map<String, Long> instances) {

    private static final Pattern COMMITTED = Pattern.compile("committed=(\\d+)");
    private static final int MOST_COLLECTIONS = 30;
    private static final int PAUSE_MILLIS = 1_000;

    /** Lives while a text has a place at a model, or waits for one. */
    public static final List<String> OF_A_TEXT = List.of(
            "org.candor.generation.internal.engine.Sequence", "org.candor.generation.internal.engine.Submission");

    /**
     * Collects until none of these classes' objects is left, or for half a minute.
     *
     * @param classes by full name
     */
    public static ServerMemory of(long pid, List<String> classes) throws IOException, InterruptedException {
        ServerMemory now = now(pid, classes);
        for (int i = 0; i < MOST_COLLECTIONS && now.instances.values().stream().anyMatch(count -> count > 0); i++) {
            Thread.sleep(PAUSE_MILLIS);
            now = now(pid, classes);
        }
        // What is freed by a collection's cleaners is gone with the next one.
        now = now(pid, classes);
        return new ServerMemory(now.heapBytes, nativeBytes(pid), now.instances);
    }

    /** The histogram is of live objects: it is made after a full collection. */
    private static ServerMemory now(long pid, List<String> classes) throws IOException, InterruptedException {
        Map<String, Long> instances = new TreeMap<>();
        classes.forEach(name -> instances.put(name, 0L));
        long heap = 0;
        for (String line : jcmd(pid, "GC.class_histogram").lines().toList()) {
            String[] parts = line.strip().split("\\s+");
            if (parts.length >= 3 && parts[0].equals("Total")) {
                heap = Long.parseLong(parts[2]);
            } else if (parts.length >= 4 && instances.containsKey(parts[3])) {
                instances.put(parts[3], Long.parseLong(parts[1]));
            }
        }
        return new ServerMemory(heap, -1, instances);
    }

    private static long nativeBytes(long pid) throws IOException, InterruptedException {
        long committed = 0;
        for (String line : jcmd(pid, "VM.native_memory", "scale=b").lines().toList()) {
            Matcher number = COMMITTED.matcher(line);
            if (number.find()) {
                if (line.startsWith("Total:")) {
                    committed += Long.parseLong(number.group(1));
                } else if (line.contains("Java Heap (")) {
                    committed -= Long.parseLong(number.group(1));
                }
            }
        }
        return committed == 0 ? -1 : committed;
    }

    private static String jcmd(long pid, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid)));
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + String.join(" ", command) + ": " + said);
        }
        return said;
    }
}
