package org.candor.policy.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.candor.api.policy.PolicyActivation;
import org.candor.api.policy.PolicyId;

/**
 * The durable record of activations: one JSON object a line, forced to the disk before {@link #append} returns. A last
 * line without its end was never acknowledged and is cut off when the record is opened. Not thread safe.
 */
final class ActivationRecord implements AutoCloseable {

    private static final long FORMAT = 1;

    /**
     * @param activation as it took effect
     * @param configured whether the policy is the rules of the configuration file, whatever they say now
     * @param compiled whether the compiled policies were found equal to Cedar's own core
     * @param byDefault whether nobody activated it: the configuration chose it, and may choose another one
     */
    record Entry(PolicyActivation activation, boolean configured, boolean compiled, boolean byDefault) {}

    private final Path file;
    private final FileChannel channel;
    private final List<Entry> entries = new ArrayList<>();

    ActivationRecord(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean opened = false;
        try {
            channel.truncate(recover(Files.readAllBytes(file)));
            channel.position(channel.size());
            opened = true;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    private long recover(byte[] content) throws IOException {
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                entries.add(parse(new String(content, start, i - start, StandardCharsets.UTF_8)));
                start = i + 1;
            }
        }
        return start;
    }

    private Entry parse(String line) throws IOException {
        try {
            JsonReader values =
                    JsonReader.object("line " + (entries.size() + 1), line.getBytes(StandardCharsets.UTF_8));
            if (!Long.valueOf(FORMAT).equals(values.value("v"))) {
                throw values.wrong("v", "this version reads format " + FORMAT);
            }
            return new Entry(
                    new PolicyActivation(
                            new PolicyId(values.text("name"), values.text("version"), values.text("digest")),
                            values.text("actor"),
                            values.text("reason"),
                            Instant.parse(values.text("time"))),
                    Boolean.TRUE.equals(values.value("configured")),
                    Boolean.TRUE.equals(values.value("compiled")),
                    Boolean.TRUE.equals(values.value("default")));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException(file + " is damaged: " + e.getMessage()
                    + ". Restore it from a backup, or remove the line to forget that activation.");
        }
    }

    /** All entries, oldest first. */
    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** Writes one entry and forces it to the disk. When that fails the record is as before. */
    void append(Entry entry) throws IOException {
        PolicyActivation activation = entry.activation();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("v", FORMAT);
        values.put("time", activation.time().toString());
        values.put("name", activation.policy().name());
        values.put("version", activation.policy().version());
        values.put("digest", activation.policy().digest());
        values.put("actor", activation.actor());
        values.put("reason", activation.reason());
        values.put("configured", entry.configured());
        values.put("compiled", entry.compiled());
        if (entry.byDefault()) {
            values.put("default", true);
        }
        long before = channel.position();
        ByteBuffer line =
                ByteBuffer.wrap((JsonReader.JSON.writeValueAsString(values) + "\n").getBytes(StandardCharsets.UTF_8));
        boolean written = false;
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
            written = true;
        } finally {
            if (!written) {
                channel.truncate(before);
                channel.position(before);
            }
        }
        entries.add(entry);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
